import type { Flight } from "@/lib/api/types";

export interface Facets {
  airlines: { code: string; count: number }[];
  /** Upper bounds that divide the prices of the day in about equal parts; minor units. */
  prices: number[];
  currency: string;
}

const STEPS = 4;

/** What there is to filter by, of all flights of the day. */
export function facetsOf(flights: readonly Flight[]): Facets | undefined {
  const first = flights[0];
  if (first === undefined) return undefined;
  const counts = new Map<string, number>();
  for (const { airline } of flights) counts.set(airline, (counts.get(airline) ?? 0) + 1);
  const prices = flights.map(({ price }) => price).sort((a, b) => a - b);
  const bounds = Array.from(
    { length: STEPS - 1 },
    (_, step) => prices[Math.floor(((step + 1) * prices.length) / STEPS)],
  );
  return {
    airlines: [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => a.code.localeCompare(b.code)),
    prices: [...new Set(bounds.filter((price) => price !== undefined))],
    currency: first.currency,
  };
}
