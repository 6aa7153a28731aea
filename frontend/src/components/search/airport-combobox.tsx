"use client";

import { useId, useState, type KeyboardEvent } from "react";
import { Field, controlStyle, describedBy } from "@/components/ui/field";
import { useText } from "@/components/text-provider";
import type { Dictionary } from "@/i18n/en";
import { plural } from "@/i18n/text";
import { airportText, matchAirports, type AirportOption } from "@/lib/flights/airports";

interface Props {
  name: string;
  label: string;
  airports: AirportOption[];
  value: AirportOption | undefined;
  onChange: (airport: AirportOption | undefined) => void;
  error?: string;
  /** Whether airports of the traveller's own time zone are offered first. */
  homeFirst?: boolean;
  t: Dictionary["search"];
}

/** An airport by city, name or code (ARIA combobox with a list). What is typed is not chosen until it is picked. */
export function AirportCombobox({ name, label, airports, value, onChange, error, homeFirst, t }: Props) {
  const { locale } = useText();
  const listId = useId();
  const [typed, setTyped] = useState<string>();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const matches =
    isOpen || typed !== undefined
      ? matchAirports(airports, typed ?? "", homeFirst ? Intl.DateTimeFormat().resolvedOptions().timeZone : undefined)
      : [];
  const text = typed ?? (value === undefined ? "" : airportText(value));

  function pick(airport: AirportOption | undefined) {
    onChange(airport);
    setTyped(undefined);
    setOpen(false);
  }

  function move(step: number) {
    setOpen(true);
    setActive(isOpen ? (active + step + matches.length) % Math.max(matches.length, 1) : 0);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && isOpen && matches[active] !== undefined) pick(matches[active]);
    else if (event.key === "Escape" && isOpen) setOpen(false);
    else return;
    event.preventDefault();
  }

  /** Leaving the box takes what is unmistakable, and nothing else. */
  function onBlur() {
    setOpen(false);
    if (typed === undefined) return;
    const [best, ...others] = matches;
    const isExact = best !== undefined && (best.code === typed.trim().toUpperCase() || others.length === 0);
    if (typed.trim() === "") pick(undefined);
    else if (isExact) pick(best);
  }

  return (
    <Field id={name} label={label} error={error} className="relative">
      <input
        id={name}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={
          isOpen && matches[active] !== undefined ? `${listId}-${matches[active].code}` : undefined
        }
        aria-invalid={error !== undefined || undefined}
        aria-describedby={describedBy(name, { error })}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={t.airportHint}
        value={text}
        className={controlStyle}
        onFocus={(event) => event.target.select()}
        onClick={() => setOpen(true)}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
          setOpen(true);
          if (value !== undefined) onChange(undefined);
        }}
        onKeyDown={onKeyDown}
        onBlur={onBlur}
      />
      <ul
        id={listId}
        role="listbox"
        aria-label={label}
        hidden={!isOpen || matches.length === 0}
        className="absolute top-full right-0 left-0 z-20 mt-1 max-h-80 overflow-auto rounded-control border bg-card p-1 shadow-float"
      >
        {matches.map((airport, index) => (
          <li
            key={airport.code}
            id={`${listId}-${airport.code}`}
            role="option"
            aria-selected={index === active}
            className="flex target items-center justify-between gap-3 rounded-control px-3 py-1.5 aria-selected:bg-sky-soft"
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setActive(index)}
            onClick={() => pick(airport)}
          >
            <span className="min-w-0">
              <span className="block truncate font-medium">
                {airport.city}, {airport.country}
              </span>
              <span className="block truncate text-13 text-muted">{airport.name}</span>
            </span>
            <span className="figures font-strong">{airport.code}</span>
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {isOpen && (matches.length === 0 ? t.noAirport : plural(locale, t.airportsFound, matches.length))}
      </p>
      {isOpen && matches.length === 0 && (
        <p
          aria-hidden="true"
          className="absolute top-full z-20 mt-1 w-full rounded-control border bg-card p-3 text-muted shadow-float"
        >
          {t.noAirport}
        </p>
      )}
    </Field>
  );
}
