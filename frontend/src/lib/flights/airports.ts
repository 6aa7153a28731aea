/** What the airport box knows of an airport. */
export interface AirportOption {
  code: string;
  name: string;
  city: string;
  country: string;
  /** IANA time zone. */
  timezone: string;
}

/** How well an airport fits what was typed; the lower the better. */
enum Fit {
  Code,
  CodeBegins,
  CityBegins,
  WordBegins,
  Contains,
  Typo,
}

const MOST = 8;

/**
 * The airports that fit what was typed, best first; accents, case and one or two typing errors do not matter. If nothing
 * was typed, those of a time zone come first: what a browser knows of its place without asking.
 */
export function matchAirports(airports: readonly AirportOption[], typed: string, zone?: string): AirportOption[] {
  const query = fold(typed);
  if (query === "") return [...airports].sort((a, b) => inZone(b) - inZone(a) || byCity(a, b)).slice(0, MOST);
  return airports
    .map((airport) => ({ airport, fit: fitOf(airport, query) }))
    .filter((match): match is { airport: AirportOption; fit: Fit } => match.fit !== undefined)
    .sort((a, b) => a.fit - b.fit || byCity(a.airport, b.airport))
    .slice(0, MOST)
    .map(({ airport }) => airport);

  function inZone({ timezone }: AirportOption): number {
    return Number(timezone === zone);
  }
}

/** Lower case without accents, so that "Zurich" finds "Zürich". */
export function fold(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/ß/g, "ss")
    .replace(/ø/g, "o")
    .replace(/ł/g, "l")
    .replace(/æ/g, "ae")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** How a chosen airport is written into its box. */
export function airportText({ city, code }: AirportOption): string {
  return `${city} (${code})`;
}

function fitOf(airport: AirportOption, query: string): Fit | undefined {
  const code = airport.code.toLowerCase();
  const city = fold(airport.city);
  if (query === code || query === fold(airportText(airport))) return Fit.Code;
  if (code.startsWith(query)) return Fit.CodeBegins;
  if (city.startsWith(query)) return Fit.CityBegins;
  const words = [city, fold(airport.name), fold(airport.country)].flatMap((text) => text.split(" "));
  const asked = query.split(" ");
  if (asked.every((part) => words.some((word) => word.startsWith(part)))) return Fit.WordBegins;
  if (query.length >= 3 && (city.includes(query) || fold(airport.name).includes(query))) return Fit.Contains;
  const slips = query.length >= 7 ? 2 : query.length >= 4 ? 1 : 0;
  return slips > 0 && [city, ...words].some((word) => beginsAlmost(word, query, slips)) ? Fit.Typo : undefined;
}

function byCity(a: AirportOption, b: AirportOption): number {
  return a.city.localeCompare(b.city) || a.code.localeCompare(b.code);
}

/** Whether a word begins with the query but for so many slips: a wrong, missing, extra or swapped letter. */
function beginsAlmost(word: string, query: string, slips: number): boolean {
  let before: number[] = [];
  let row = Array.from({ length: word.length + 1 }, (_, column) => column);
  for (let i = 1; i <= query.length; i++) {
    const next = [i];
    for (let j = 1; j <= word.length; j++) {
      const isSame = query[i - 1] === word[j - 1];
      const replaced = at(row, j - 1) + (isSame ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && query[i - 1] === word[j - 2] && query[i - 2] === word[j - 1];
      const swapped = isSwapped ? at(before, j - 2) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, at(row, j) + 1, at(next, j - 1) + 1));
    }
    [before, row] = [row, next];
  }
  return Math.min(...row) <= slips;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
