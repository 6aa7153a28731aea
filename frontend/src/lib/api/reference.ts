import "server-only";
import { getAll, type Result } from "./server";
import { paths } from "./paths";
import type { Airline, Airport } from "./types";

const KEPT_MS = 60_000;

/** A list that hardly changes and is the same for everybody, asked for once a minute. */
function kept<T>(path: string): () => Promise<Result<T[]>> {
  let last: { at: number; result: Result<T[]> } | undefined;
  return async () => {
    if (last !== undefined && Date.now() - last.at < KEPT_MS) return last.result;
    const result = await getAll<T>(path);
    if (result.ok) last = { at: Date.now(), result };
    return result;
  };
}

export const airports = kept<Airport>(paths.airports);
export const airlines = kept<Airline>(paths.airlines);

/** Names of airlines by designator; empty if they cannot be had, then designators are shown. */
export async function airlineNames(): Promise<Map<string, string>> {
  const result = await airlines();
  return new Map(result.ok ? result.value.map(({ code, name }) => [code, name]) : []);
}

/** Airports by code; empty if they cannot be had. */
export async function airportsByCode(): Promise<Map<string, Airport>> {
  const result = await airports();
  return new Map(result.ok ? result.value.map((airport) => [airport.code, airport]) : []);
}
