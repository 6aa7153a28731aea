"use client";

import { useRouter } from "next/navigation";
import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { Flight } from "@/lib/api/types";
import { anything, checkFields } from "@/lib/fields";
import { fromMinorUnits, toMinorUnits } from "@/lib/format/money";
import { zonedInstant } from "@/lib/format/time";

interface Changes {
  price: string;
  boardingGate: string;
  departureTime: string;
  arrivalTime: string;
}

/** Price and gate at any time; times only while nobody holds or has a seat, which the service knows. */
export function FlightChangeForm({ flight, t }: { flight: Flight; t: Dictionary["desk"] }) {
  const router = useRouter();
  const { common } = useText();
  const form = useSubmit(
    checkFields({ price: anything, boardingGate: anything, departureTime: anything, arrivalTime: anything }),
    {
      send: (changes) => change<Flight>(paths.flight(flight.id), { method: "PATCH", body: changed(flight, changes) }),
      onDone: () => router.refresh(),
    },
  );
  const { errors } = form;
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <h2 id="change" className="text-21">
        {t.changeFlight}
      </h2>
      <FormProblem problem={form.problem} />
      <TextField
        name="price"
        label={t.price}
        hint={fill(t.priceHint, { currency: flight.currency })}
        inputMode="decimal"
        defaultValue={fromMinorUnits(flight.price, flight.currency)}
        error={errors.price}
      />
      <TextField
        name="boardingGate"
        label={t.gate}
        maxLength={10}
        defaultValue={flight.boardingGate ?? ""}
        error={errors.boardingGate}
      />
      <TextField
        type="datetime-local"
        name="departureTime"
        label={t.departureAt}
        defaultValue={flight.departureLocal.slice(0, 16)}
        error={errors.departureTime}
      />
      <TextField
        type="datetime-local"
        name="arrivalTime"
        label={t.arrivalAt}
        defaultValue={flight.arrivalLocal.slice(0, 16)}
        error={errors.arrivalTime}
      />
      <SubmitButton isPending={form.isPending} pendingText={common.saving} className="justify-self-start">
        {common.save}
      </SubmitButton>
    </form>
  );
}

/** Only what is another than before: unchanged times are no change of times. */
function changed(flight: Flight, changes: Changes) {
  const { departureAirport, arrivalAirport, currency } = flight;
  const isSame = (local: string, before: string) => local === "" || local === before.slice(0, 16);
  return {
    price: toMinorUnits(changes.price, currency) ?? changes.price,
    boardingGate: changes.boardingGate.trim() || null,
    departureTime: isSame(changes.departureTime, flight.departureLocal)
      ? undefined
      : zonedInstant(changes.departureTime, departureAirport.timezone),
    arrivalTime: isSame(changes.arrivalTime, flight.arrivalLocal)
      ? undefined
      : zonedInstant(changes.arrivalTime, arrivalAirport.timezone),
  };
}
