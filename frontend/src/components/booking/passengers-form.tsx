"use client";

import { Baby } from "@/components/ui/icons";
import { useState } from "react";
import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { Button, ButtonLink } from "@/components/ui/button";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { Booking, CreateBooking, Passenger } from "@/lib/api/types";
import { browserStore, endHold, holdKey } from "@/lib/checkout/attempts";
import type { Check } from "@/lib/fields";
import { PassengerFields } from "./passenger-fields";

interface Props {
  flights: number[];
  travellers: number;
  otherFlights: string;
  contact: string;
  t: Dictionary["booking"];
  missing: string;
}

export function PassengersForm({ flights, travellers, otherFlights, contact, t, missing }: Props) {
  const [infants, setInfants] = useState(0);
  const form = useSubmit(checkPassengers(missing), {
    send: ({ passengers }) =>
      hold({ items: flights.map((flightId) => ({ flightId, noOfSeats: travellers })), passengers }),
    onDone: ({ id }) => window.location.assign(`/checkout/${id}`),
    explain: (failure) => (failure.errors?.some(({ field }) => field === "passengers") ? t.needAdult : undefined),
  });
  const code = form.failure?.code;
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-6">
      {Array.from({ length: travellers + infants }, (_, index) => (
        <PassengerFields
          key={index}
          index={index}
          isInfant={index >= travellers}
          legend={
            index < travellers
              ? fill(t.traveller, { number: index + 1 })
              : fill(t.infant, { number: index - travellers + 1 })
          }
          errors={form.errors}
          t={t}
        />
      ))}
      <div className="-ml-3 flex flex-wrap gap-3">
        {infants < travellers && (
          <Button look="quiet" onClick={() => setInfants(infants + 1)}>
            <Baby size={18} aria-hidden="true" />
            {t.addInfant}
          </Button>
        )}
        {infants > 0 && (
          <Button look="quiet" onClick={() => setInfants(infants - 1)}>
            {t.removeInfant}
          </Button>
        )}
      </div>
      <FormProblem problem={form.problem} />
      {code === "TOO_MANY_HOLDS" && <ButtonLink href="/trips?status=INITIATED">{t.tooMany}</ButtonLink>}
      {code !== undefined && unbookable.has(code) && <ButtonLink href={otherFlights}>{t.otherFlights}</ButtonLink>}
      <div className="grid justify-items-start gap-2">
        <SubmitButton
          isPending={form.isPending || form.done !== undefined}
          pendingText={t.holding}
          className="w-full sm:w-auto"
        >
          {t.hold}
        </SubmitButton>
        <p className="text-13 text-muted">
          {t.holdHint} {contact}
        </p>
      </div>
    </form>
  );
}

const unbookable = new Set(["NO_SEATS", "INVALID_FLIGHT", "FLIGHT_DEPARTED", "CURRENCY_MISMATCH"]);

/** Everybody has both names. */
function checkPassengers(missing: string): Check<{ passengers: Passenger[] }> {
  return ({ passengers: rows }) => {
    const errors: Record<string, string> = {};
    const passengers = (rows as Passenger[]).map(({ givenName, surname, type }, index) => {
      const passenger = { givenName: givenName.trim(), surname: surname.trim(), type };
      for (const name of ["givenName", "surname"] as const) {
        if (passenger[name] === "") errors[`passengers.${index}.${name}`] = missing;
      }
      return passenger;
    });
    return Object.keys(errors).length === 0 ? { ok: true, values: { passengers } } : { ok: false, errors };
  };
}

/** Asks for the seats; pressed again before there was an answer, it asks for the same ones. */
async function hold(wish: CreateBooking) {
  const store = browserStore("sessionStorage");
  const fingerprint = JSON.stringify(wish);
  const outcome = await change<Booking>(paths.bookings, {
    method: "POST",
    body: wish,
    idempotencyKey: holdKey(store, fingerprint),
  });
  const isKnown = outcome.ok || (outcome.failure.status < 500 && outcome.failure.status !== 401);
  if (isKnown) endHold(store, fingerprint);
  return outcome;
}
