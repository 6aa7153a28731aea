import { expect, test } from "vitest";
import { preferredLocale } from "@/lib/preferences";
import { parseSearch, searchQuery, searchUrl } from "@/lib/flights/search";
import { safePath } from "@/lib/safe-path";

const params = (url: string) => Object.fromEntries(new URL(url, "http://airside.test").searchParams);

test("a search survives its URL", () => {
  const url =
    "/flights?from=JFK&to=LAX&date=2026-12-24&travellers=2&sort=arrival&return=2026-12-30&outbound=7&airline=3Y&max=25000&time=morning";
  const search = parseSearch(params(url));
  expect(search && searchUrl(search)).toBe(url);
});

test.each([
  ["no route", "/flights?date=2026-12-24"],
  ["the same airport twice", "/flights?from=JFK&to=JFK&date=2026-12-24"],
  ["no day that exists", "/flights?from=JFK&to=LAX&date=2026-02-30"],
])("%s is no search", (_, url) => expect(parseSearch(params(url))).toBeUndefined());

test("nonsense in the rest of the URL is left out", () => {
  const search = parseSearch(
    params(
      "/flights?from=jfk&to=LAX&date=2026-12-24&travellers=99&sort=toString&time=constructor&airline=<b>&max=-1&return=2026-01-01",
    ),
  );
  expect(search && searchUrl(search)).toBe("/flights?from=JFK&to=LAX&date=2026-12-24&travellers=9");
});

test("a time of day is asked for in the airport's own clock", () => {
  const search = parseSearch(params("/flights?from=JFK&to=LAX&date=2026-12-24&time=morning"));
  expect(search && searchQuery(search, "America/New_York")).toMatchObject({
    departureFrom: "2026-12-24T05:00:00.000Z",
    departureTo: "2026-12-24T16:59:00.000Z",
  });
});

test("the way back is searched in the other direction, on its own day", () => {
  const search = parseSearch(params("/flights?from=JFK&to=LAX&date=2026-12-24&return=2026-12-30&outbound=7"));
  expect(search && searchQuery(search, undefined)).toMatchObject({ trips: "LAX-JFK", tripdate: "2026-12-30" });
});

test.each([
  ["/checkout/7", "/checkout/7"],
  ["//evil.test", "/"],
  ["/\\evil.test", "/"],
  ["https://evil.test", "/"],
  ["/api/session/signout", "/"],
  ["/a\nb", "/"],
  [undefined, "/"],
])("signing in leads from %s to %s", (wanted, expected) => expect(safePath(wanted)).toBe(expected));

test("the language is the best that the browser asks for", () => {
  expect(preferredLocale("de-AT,de;q=0.9,en;q=0.8")).toBe("de");
  expect(preferredLocale("fr,en;q=0.5,de;q=0.7")).toBe("de");
  expect(preferredLocale("fr")).toBe("en");
  expect(preferredLocale(null)).toBe("en");
});
