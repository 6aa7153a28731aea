import { parseSearch, searchUrl, type FlightSearch } from "./search";

/** Queries of search URLs, newest first, kept in the browser; pages read it, so that nothing moves when they are shown. */
export const RECENT_COOKIE = "airside-recent";
const SEPARATOR = "|";
const MOST = 5;
/** Seconds. */
const KEPT = 90 * 24 * 60 * 60;
/** A query begins with its route; of a route the last search is kept. */
const ROUTE_LENGTH = "from=JFK&to=LAX".length;

/** Writes down what was searched for, in this browser. */
export function rememberSearch(search: FlightSearch): void {
  const query = queryOf(search);
  const kept = new RegExp(`${RECENT_COOKIE}=([^;]*)`).exec(document.cookie)?.[1]?.split(SEPARATOR) ?? [];
  const others = kept.filter((other) => other.slice(0, ROUTE_LENGTH) !== query.slice(0, ROUTE_LENGTH));
  document.cookie = recentCookie([query, ...others]);
}

/** The cookie's searches that can still be flown. */
export function recentSearches(cookie: string | undefined, firstDay: string): FlightSearch[] {
  return (cookie ?? "")
    .split(SEPARATOR)
    .slice(0, MOST)
    .flatMap((query) => parseSearch(Object.fromEntries(new URLSearchParams(query))) ?? [])
    .filter(({ date }) => date >= firstDay);
}

/** The cookie without a search. */
export function forgetSearch(cookie: string | undefined, query: string): string {
  return recentCookie((cookie ?? "").split(SEPARATOR).filter((other) => other !== query));
}

export function queryOf(search: FlightSearch): string {
  const [, query = ""] = searchUrl(search).split("?");
  return query;
}

function recentCookie(queries: string[]): string {
  return `${RECENT_COOKIE}=${queries.slice(0, MOST).join(SEPARATOR)}; Path=/; Max-Age=${KEPT}; SameSite=Lax`;
}
