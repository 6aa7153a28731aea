"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { SelectField, TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { Flight } from "@/lib/api/types";
import type { FlightChoices } from "@/lib/desk/flight-choices";
import { checkFields, filledRule } from "@/lib/fields";
import { toMinorUnits } from "@/lib/format/money";
import { zonedInstant } from "@/lib/format/time";

const CURRENCIES = ["USD", "EUR", "GBP", "JPY"];

interface Props {
  airline: string;
  choices: FlightChoices;
  t: Dictionary["desk"];
  auth: Dictionary["auth"];
}

interface NewFlight {
  flightNumber: string;
  airplaneId: string;
  departureAirportId: string;
  arrivalAirportId: string;
  departureTime: string;
  arrivalTime: string;
  price: string;
  currency: string;
}

export function FlightForm({ airline, choices, t, auth }: Props) {
  const { common } = useText();
  const filled = filledRule(auth.missing);
  const form = useSubmit(
    checkFields({
      flightNumber: filled,
      airplaneId: filled,
      departureAirportId: filled,
      arrivalAirportId: filled,
      departureTime: filled,
      arrivalTime: filled,
      price: filled,
      currency: filled,
    }),
    {
      send: (flight) => change<Flight>(paths.flights, { method: "POST", body: flightBody(flight, choices) }),
      onDone: ({ id }) => window.location.assign(`/airline/flights/${id}`),
    },
  );
  const { errors } = form;
  const airportOptions = choices.airports.map(({ code, city }) => (
    <option key={code} value={code}>
      {city} ({code})
    </option>
  ));
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="flightNumber"
          label={t.flightNumber}
          placeholder={`${airline}100`}
          maxLength={7}
          error={errors.flightNumber}
        />
        <SelectField name="airplaneId" label={t.airplane} error={errors.airplaneId}>
          {choices.airplanes.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField name="departureAirportId" label={t.from} error={errors.departureAirportId}>
          {airportOptions}
        </SelectField>
        <SelectField name="arrivalAirportId" label={t.to} error={errors.arrivalAirportId}>
          {airportOptions}
        </SelectField>
        <TextField
          type="datetime-local"
          name="departureTime"
          label={t.departureAt}
          hint={t.localHint}
          error={errors.departureTime}
        />
        <TextField
          type="datetime-local"
          name="arrivalTime"
          label={t.arrivalAt}
          hint={t.localHint}
          error={errors.arrivalTime}
        />
        <TextField name="price" label={t.price} inputMode="decimal" error={errors.price} />
        <SelectField name="currency" label={t.currency} error={errors.currency}>
          {CURRENCIES.map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </SelectField>
      </div>
      <SubmitButton
        isPending={form.isPending || form.done !== undefined}
        pendingText={common.saving}
        className="justify-self-start"
      >
        {common.save}
      </SubmitButton>
    </form>
  );
}

/** Local times and typed amounts in the units of the service; what cannot be read goes as it is, and is refused by name. */
function flightBody(flight: NewFlight, { airports }: FlightChoices) {
  const zoneOf = (code: string) => airports.find((airport) => airport.code === code)?.timezone ?? "UTC";
  return {
    ...flight,
    flightNumber: flight.flightNumber.trim().toUpperCase(),
    airplaneId: Number(flight.airplaneId),
    departureTime: zonedInstant(flight.departureTime, zoneOf(flight.departureAirportId)),
    arrivalTime: zonedInstant(flight.arrivalTime, zoneOf(flight.arrivalAirportId)),
    price: toMinorUnits(flight.price, flight.currency) ?? flight.price,
  };
}
