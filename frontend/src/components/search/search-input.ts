import type { Dictionary } from "@/i18n/en";
import type { AirportOption } from "@/lib/flights/airports";
import { isDay } from "@/lib/format/time";

/** What is filled in, as far as it is. */
export interface SearchInput {
  from?: AirportOption;
  to?: AirportOption;
  isRoundTrip: boolean;
  date: string;
  returnDate: string;
  travellers: number;
}

/** In the order of the fields. */
export type SearchErrors = Partial<Record<"from" | "to" | "date" | "returnDate", string>>;

export function searchErrors(input: SearchInput, t: Dictionary["search"]): SearchErrors {
  const errors: SearchErrors = {};
  if (input.from === undefined) errors.from = t.chooseAirport;
  if (input.to === undefined) errors.to = t.chooseAirport;
  else if (input.to.code === input.from?.code) errors.to = t.sameAirport;
  if (!isDay(input.date)) errors.date = t.chooseDate;
  if (input.isRoundTrip && !isDay(input.returnDate)) errors.returnDate = t.chooseDate;
  else if (input.isRoundTrip && input.returnDate < input.date) errors.returnDate = t.returnBefore;
  return errors;
}
