import { expect, test } from "vitest";
import { matchAirports, type AirportOption } from "@/lib/flights/airports";

const airports: AirportOption[] = [
  {
    code: "JFK",
    name: "John F Kennedy International Airport",
    city: "New York",
    country: "United States",
    timezone: "America/New_York",
  },
  {
    code: "LAX",
    name: "Los Angeles International Airport",
    city: "Los Angeles",
    country: "United States",
    timezone: "America/Los_Angeles",
  },
  { code: "ZRH", name: "Zürich Airport", city: "Zürich", country: "Switzerland", timezone: "Europe/Zurich" },
  { code: "NRT", name: "Narita International Airport", city: "Tokyo", country: "Japan", timezone: "Asia/Tokyo" },
  {
    code: "GRU",
    name: "Guarulhos International Airport",
    city: "São Paulo",
    country: "Brazil",
    timezone: "America/Sao_Paulo",
  },
  { code: "FRA", name: "Frankfurt Airport", city: "Frankfurt", country: "Germany", timezone: "Europe/Berlin" },
  {
    code: "LAS",
    name: "Harry Reid International Airport",
    city: "Las Vegas",
    country: "United States",
    timezone: "America/Los_Angeles",
  },
];

const codes = (typed: string) => matchAirports(airports, typed).map(({ code }) => code);

test.each([
  ["a code in any case", "jfk", "JFK"],
  ["a city", "los ang", "LAX"],
  ["a city without its accents", "zurich", "ZRH"],
  ["a city with accents that it does not have", "Fränkfurt", "FRA"],
  ["an airport's name", "narita", "NRT"],
  ["a word in the middle of a name", "kennedy", "JFK"],
  ["a country", "brazil", "GRU"],
  ["city and country", "tokyo japan", "NRT"],
  ["a letter that is wrong", "tokio", "NRT"],
  ["letters that are swapped", "frnakfurt", "FRA"],
  ["a letter that is missing", "sao palo", "GRU"],
])("%s finds the airport", (_, typed, code) => expect(codes(typed)[0]).toBe(code));

test("the code itself comes before cities that begin so", () => {
  expect(codes("las")).toEqual(["LAS"]);
  expect(codes("la").slice(0, 2)).toEqual(["LAS", "LAX"]);
});

test("nothing typed lists cities in order, nonsense finds nothing", () => {
  expect(codes("").slice(0, 3)).toEqual(["FRA", "LAS", "LAX"]);
  expect(codes("xqzw")).toEqual([]);
});

test("nothing typed lists airports of the reader's time zone first", () => {
  const listed = matchAirports(airports, "", "America/Los_Angeles").map(({ code }) => code);
  expect(listed.slice(0, 3)).toEqual(["LAS", "LAX", "FRA"]);
});
