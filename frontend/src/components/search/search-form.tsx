"use client";

import { ArrowLeftRight, Search } from "@/components/ui/icons";
import { useRouter } from "next/navigation";
import { useState, useTransition, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import type { AirportOption } from "@/lib/flights/airports";
import { rememberSearch } from "@/lib/flights/recent-searches";
import { MOST_TRAVELLERS, searchUrl, type FlightSearch } from "@/lib/flights/search";
import { AirportCombobox } from "./airport-combobox";
import { searchErrors, type SearchErrors, type SearchInput } from "./search-input";

interface Props {
  airports: AirportOption[];
  /** What is filled in already. */
  search?: FlightSearch;
  /** The first day that may be chosen. */
  firstDay: string;
  t: Dictionary["search"];
}

export function SearchForm({ airports, search, firstDay, t }: Props) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const [errors, setErrors] = useState<SearchErrors>({});
  const [input, setInput] = useState<SearchInput>(() => ({
    from: airports.find(({ code }) => code === search?.from),
    to: airports.find(({ code }) => code === search?.to),
    isRoundTrip: search?.returnDate !== undefined,
    date: search?.date ?? "",
    returnDate: search?.returnDate ?? "",
    travellers: search?.travellers ?? 1,
  }));
  const change = (changes: Partial<SearchInput>) => setInput((before) => ({ ...before, ...changes }));

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const found = searchErrors(input, t);
    setErrors(found);
    const [wrong] = Object.keys(found);
    if (wrong !== undefined) return document.getElementById(wrong)?.focus();
    const { from, to, date, returnDate, isRoundTrip, travellers } = input;
    if (from === undefined || to === undefined) return;
    const sort = search?.sort ?? "price";
    const wanted = {
      from: from.code,
      to: to.code,
      date,
      returnDate: isRoundTrip ? returnDate : undefined,
      travellers,
      sort,
    };
    rememberSearch(wanted);
    startTransition(() => router.push(searchUrl(wanted)));
  }

  return (
    <form onSubmit={onSubmit} noValidate role="search" className="grid gap-4">
      <TripKind isRoundTrip={input.isRoundTrip} onChange={(isRoundTrip) => change({ isRoundTrip })} t={t} />
      <div className="grid gap-4 md:grid-cols-[1fr_auto_1fr] md:gap-2">
        <AirportCombobox
          name="from"
          label={t.from}
          airports={airports}
          value={input.from}
          onChange={(from) => change({ from })}
          error={errors.from}
          homeFirst
          t={t}
        />
        <Button
          look="quiet"
          aria-label={t.swap}
          className="-my-3 justify-self-center md:my-0 md:mt-7 md:self-start"
          onClick={() => change({ from: input.to, to: input.from })}
        >
          <ArrowLeftRight size={20} aria-hidden="true" className="rotate-90 md:rotate-0" />
        </Button>
        <AirportCombobox
          name="to"
          label={t.to}
          airports={airports}
          value={input.to}
          onChange={(to) => change({ to })}
          error={errors.to}
          t={t}
        />
      </div>
      <div
        className={`grid items-start gap-4 ${input.isRoundTrip ? "sm:grid-cols-2 lg:grid-cols-4" : "sm:grid-cols-3"}`}
      >
        <TextField
          type="date"
          name="date"
          label={t.date}
          min={firstDay}
          value={input.date}
          onChange={(event) => change({ date: event.target.value })}
          error={errors.date}
        />
        {input.isRoundTrip && (
          <TextField
            type="date"
            name="returnDate"
            label={t.returnDate}
            min={input.date || firstDay}
            value={input.returnDate}
            onChange={(event) => change({ returnDate: event.target.value })}
            error={errors.returnDate}
          />
        )}
        <SelectField
          name="travellers"
          label={t.travellers}
          value={input.travellers}
          onChange={(event) => change({ travellers: Number(event.target.value) })}
        >
          {Array.from({ length: MOST_TRAVELLERS }, (_, index) => (
            <option key={index}>{index + 1}</option>
          ))}
        </SelectField>
        <Button type="submit" look="primary" disabled={isPending} className="sm:mt-7">
          <Search size={18} aria-hidden="true" />
          {t.submit}
        </Button>
      </div>
    </form>
  );
}

function TripKind({
  isRoundTrip,
  onChange,
  t,
}: {
  isRoundTrip: boolean;
  onChange: (value: boolean) => void;
  t: Props["t"];
}) {
  return (
    <fieldset className="flex gap-2">
      <legend className="sr-only">{t.kind}</legend>
      {[false, true].map((value) => (
        <label
          key={String(value)}
          className="inline-flex target cursor-pointer items-center gap-2 rounded-control px-3 font-medium has-checked:bg-sky-soft has-checked:text-sky has-focus-visible:outline-3 has-focus-visible:outline-sky"
        >
          <input
            type="radio"
            name="kind"
            checked={isRoundTrip === value}
            onChange={() => onChange(value)}
            className="size-4 accent-sky"
          />
          {value ? t.roundTrip : t.oneWay}
        </label>
      ))}
    </fieldset>
  );
}
