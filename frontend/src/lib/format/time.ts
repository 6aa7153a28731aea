import type { Locale } from "@/lib/preferences";
import { localeTag } from "./locale";

const DAY_MS = 86_400_000;

/** The clock at the airport, 06:00, of a local time with offset such as 2026-12-06T06:00:00-05:00. */
export function clock(local: string): string {
  return local.slice(11, 16);
}

/** The local day, 2026-12-06. */
export function localDay(local: string): string {
  return local.slice(0, 10);
}

/** The offset as UTC+1, UTC-5, UTC+5:45. */
export function zone(local: string): string {
  const match = /([+-])(\d\d):(\d\d)$/.exec(local);
  if (match === null) return "UTC";
  const [, sign, hours, minutes] = match;
  const whole = Number(hours);
  if (whole === 0 && minutes === "00") return "UTC";
  return `UTC${sign === "-" ? "−" : "+"}${whole}${minutes === "00" ? "" : `:${minutes}`}`;
}

/** How many calendar days later than the departure the arrival is, each in its own local time. */
export function dayShift(departureLocal: string, arrivalLocal: string): number {
  return (Date.parse(localDay(arrivalLocal)) - Date.parse(localDay(departureLocal))) / DAY_MS;
}

/** Whole minutes between two instants. */
export function minutesBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
}

/** A calendar day (2026-12-06, or a local time's) in words, whatever the reader's own zone is. */
export function dayText(locale: Locale, day: string, style: "short" | "long" = "short"): string {
  const date = new Date(`${localDay(day)}T00:00:00Z`);
  const options: Intl.DateTimeFormatOptions =
    style === "short"
      ? { weekday: "short", day: "numeric", month: "short" }
      : { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(localeTag(locale), { ...options, timeZone: "UTC" }).format(date);
}

/** An instant in words. Servers do not know the reader's zone, so it is UTC unless one is given. */
export function instantText(locale: Locale, instant: string, timeZone = "UTC"): string {
  return new Intl.DateTimeFormat(localeTag(locale), {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
    timeZoneName: "short",
  }).format(new Date(instant));
}

/** The day so many days later: 2026-12-06 and 1 is 2026-12-07. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The instant at which clocks in a zone show a local time such as 2026-12-06T06:00; the first, if twice. */
export function zonedInstant(local: string, timeZone: string): string {
  const wanted = Date.parse(`${local.slice(0, 16)}:00Z`);
  const earlier = wanted - offsetAt(wanted - DAY_MS, timeZone);
  const later = wanted - offsetAt(wanted + DAY_MS, timeZone);
  const found = [Math.min(earlier, later), Math.max(earlier, later)].find(
    (at) => at + offsetAt(at, timeZone) === wanted,
  );
  return new Date(found ?? earlier).toISOString();
}

/** Milliseconds that a zone's clocks are ahead of UTC at an instant. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(new Date(instant));
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(instant / 1000) * 1000;
}

/** Whether a text is a day that exists. */
export function isDay(text: string | undefined): text is string {
  return (
    text !== undefined &&
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    new Date(Date.parse(text) || 0).toISOString().startsWith(text)
  );
}
