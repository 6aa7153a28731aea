import { isDay, localDay, zonedInstant } from "@/lib/format/time";

export const SORTS = {
  price: "price_asc,departureTime_asc",
  departure: "departureTime_asc",
  arrival: "arrivalTime_asc",
  late: "departureTime_desc",
} as const;
export type Sort = keyof typeof SORTS;

/** Local times of departure, both ends included. */
export const TIMES = {
  morning: ["00:00", "11:59"],
  afternoon: ["12:00", "17:59"],
  evening: ["18:00", "23:59"],
} as const;
export type TimeOfDay = keyof typeof TIMES;

export const MOST_TRAVELLERS = 9;

const HALF_DAY_MS = 12 * 60 * 60 * 1000;

/** A search with everything that its URL says. */
export interface FlightSearch {
  from: string;
  to: string;
  date: string;
  returnDate?: string;
  travellers: number;
  /** The flight that was chosen for the way out; then flights back are shown. */
  outbound?: number;
  sort: Sort;
  airline?: string;
  /** Minor units. */
  maxPrice?: number;
  time?: TimeOfDay;
  cursor?: string;
}

/** One direction of a search. */
export interface Leg {
  from: string;
  to: string;
  date: string;
}

export type Params = Record<string, string | string[] | undefined>;

/** The first day that can be searched for: today, where the day ends last. */
export function earliestDay(): string {
  return new Date(Date.now() - HALF_DAY_MS).toISOString().slice(0, 10);
}

/** The search of a URL; nothing if it has no route or no day. What else is wrong in it is left out. */
export function parseSearch(params: Params): FlightSearch | undefined {
  const text = (name: string) => (typeof params[name] === "string" ? params[name] : undefined);
  const [from, to, date] = [airport(text("from")), airport(text("to")), text("date")];
  if (from === undefined || to === undefined || from === to || !isDay(date)) return undefined;
  const [returnDate, sort, time, airline] = [text("return"), text("sort"), text("time"), text("airline")];
  return {
    from,
    to,
    date,
    returnDate: isDay(returnDate) && returnDate >= date ? returnDate : undefined,
    travellers: Math.min(Math.max(wholeNumber(text("travellers")) ?? 1, 1), MOST_TRAVELLERS),
    outbound: wholeNumber(text("outbound")),
    sort: isKey(SORTS, sort) ? sort : "price",
    airline: airline !== undefined && /^[A-Z0-9]{2}$/.test(airline) ? airline : undefined,
    maxPrice: wholeNumber(text("max")),
    time: isKey(TIMES, time) ? time : undefined,
    cursor: text("cursor"),
  };
}

/** The URL of a search; it alone holds the state of the results. */
export function searchUrl(search: FlightSearch, changes: Partial<FlightSearch> = {}): string {
  const { from, to, date, returnDate, travellers, outbound, sort, airline, maxPrice, time, cursor } = {
    ...search,
    cursor: undefined,
    ...changes,
  };
  const params = new URLSearchParams({ from, to, date });
  const optional = { return: returnDate, outbound, airline, max: maxPrice, time, cursor };
  params.set("travellers", String(travellers));
  if (sort !== "price") params.set("sort", sort);
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) params.set(name, String(value));
  return `/flights?${params}`;
}

export function withoutFilters(search: FlightSearch): FlightSearch {
  return { ...search, airline: undefined, maxPrice: undefined, time: undefined, cursor: undefined };
}

export function isChoosingReturn(search: FlightSearch): boolean {
  return search.returnDate !== undefined && search.outbound !== undefined;
}

export function currentLeg(search: FlightSearch): Leg {
  const { from, to, date, returnDate } = search;
  return isChoosingReturn(search) && returnDate !== undefined
    ? { from: to, to: from, date: returnDate }
    : { from, to, date };
}

/** The gateway's query for a search. The zone is that of the airport of departure. */
export function searchQuery(
  search: FlightSearch,
  zone: string | undefined,
): Record<string, string | number | undefined> {
  const leg = currentLeg(search);
  const window = search.time === undefined || zone === undefined ? undefined : TIMES[search.time];
  return {
    trips: `${leg.from}-${leg.to}`,
    tripdate: leg.date,
    travellers: search.travellers,
    sort: SORTS[search.sort],
    airline: search.airline,
    price: search.maxPrice === undefined ? undefined : `0-${search.maxPrice}`,
    departureFrom: window && zone && zonedInstant(`${localDay(leg.date)}T${window[0]}`, zone),
    departureTo: window && zone && zonedInstant(`${localDay(leg.date)}T${window[1]}`, zone),
    cursor: search.cursor,
  };
}

/** Where chosen flights are booked. */
export function bookingUrl(flights: readonly number[], travellers: number): string {
  return `/book?flights=${flights.join(",")}&travellers=${travellers}`;
}

function airport(text: string | undefined): string | undefined {
  const code = text?.toUpperCase();
  return code !== undefined && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function isKey<T extends object>(object: T, key: string | undefined): key is keyof T & string {
  return key !== undefined && Object.hasOwn(object, key);
}
