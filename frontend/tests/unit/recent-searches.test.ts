// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { RECENT_COOKIE, forgetSearch, queryOf, recentSearches, rememberSearch } from "@/lib/flights/recent-searches";
import type { FlightSearch } from "@/lib/flights/search";

const search = (from: string, date = "2026-12-10"): FlightSearch => ({
  from,
  to: "LAX",
  date,
  travellers: 2,
  sort: "price",
});

const kept = () => document.cookie.slice(`${RECENT_COOKIE}=`.length);
const shown = (firstDay = "2026-12-01") => recentSearches(kept(), firstDay).map(({ from, date }) => `${from} ${date}`);

beforeEach(() => {
  document.cookie = `${RECENT_COOKIE}=; Max-Age=0; Path=/`;
});

test("five are kept, the newest first, one of each route", () => {
  for (const from of ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]) rememberSearch(search(from));
  rememberSearch(search("DDD", "2026-12-24"));
  expect(shown()).toEqual(["DDD 2026-12-24", "FFF 2026-12-10", "EEE 2026-12-10", "CCC 2026-12-10", "BBB 2026-12-10"]);
});

test("all of a search is kept", () => {
  const whole: FlightSearch = { ...search("JFK"), returnDate: "2026-12-17", sort: "departure" };
  rememberSearch(whole);
  expect(recentSearches(kept(), "2026-12-01")).toEqual([whole]);
});

test("days that are over and what is no search are not shown", () => {
  rememberSearch(search("AAA"));
  rememberSearch(search("BBB", "2026-11-30"));
  expect(shown()).toEqual(["AAA 2026-12-10"]);
  expect(recentSearches("from=A|<script>||from=JFK&to=JFK&date=2026-12-10", "2026-12-01")).toEqual([]);
  expect(recentSearches(undefined, "2026-12-01")).toEqual([]);
});

test("one is forgotten, the others stay", () => {
  for (const from of ["AAA", "BBB"]) rememberSearch(search(from));
  expect(forgetSearch(kept(), queryOf(search("BBB")))).toBe(
    `${RECENT_COOKIE}=${queryOf(search("AAA"))}; Path=/; Max-Age=7776000; SameSite=Lax`,
  );
});
