import type { Dictionary } from "@/i18n/en";
import { fill, plural } from "@/i18n/text";
import { clock, dayShift, dayText, zone } from "@/lib/format/time";
import type { Locale } from "@/lib/preferences";
import type { LegFacts } from "./leg-facts";

interface Props {
  leg: LegFacts;
  locale: Locale;
  t: Dictionary["flight"];
}

/** One flight on a boarding pass: times large, in each airport's own clock. */
export function Leg({ leg, locale, t }: Props) {
  const shift = dayShift(leg.departure.local, leg.arrival.local);
  return (
    <div className="grid gap-3">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-13 text-muted">
        <time dateTime={leg.departure.local} className="font-medium text-ink">
          {dayText(locale, leg.departure.local)}
        </time>
        {leg.airline !== undefined && <span>{leg.airline}</span>}
        <span className="figures text-ink">{leg.flightNumber}</span>
        {leg.airplane !== undefined && <span>{leg.airplane}</span>}
        {leg.gate !== undefined && (
          <span>
            {t.gate} <span className="figures text-ink">{leg.gate}</span>
          </span>
        )}
      </p>
      <div className="grid grid-cols-[auto_minmax(3rem,1fr)_auto] items-center gap-3 sm:gap-5">
        <Stop label={t.departs} stop={leg.departure} />
        <div className="grid justify-items-center gap-1 text-13 text-muted">
          <span className="whitespace-nowrap tabular-nums">
            {fill(t.duration, {
              hours: Math.floor(leg.minutes / 60),
              minutes: String(leg.minutes % 60).padStart(2, "0"),
            })}
          </span>
          <FlightLine />
          <span>{t.nonstop}</span>
        </div>
        <Stop label={t.arrives} stop={leg.arrival} shift={shift === 0 ? undefined : shiftText(locale, t, shift)} />
      </div>
    </div>
  );
}

function Stop({ label, stop, shift }: { label: string; stop: LegFacts["departure"]; shift?: string }) {
  return (
    <div className="min-w-0 sm:min-w-36">
      <p className="figures text-28 leading-none font-strong sm:text-40">
        <span className="sr-only">{label} </span>
        <time dateTime={stop.local}>{clock(stop.local)}</time>
      </p>
      <p className="mt-1.5 text-17 font-strong">
        <span className="figures">{stop.code}</span>{" "}
        <span className="figures text-13 font-normal text-muted">{zone(stop.local)}</span>
        {shift !== undefined && <span className="ml-2 text-13 font-medium text-warn">{shift}</span>}
      </p>
      {stop.city !== undefined && <p className="max-w-36 truncate text-13 text-muted">{stop.city}</p>}
    </div>
  );
}

/** From here to there, with a paper plane on its way. */
function FlightLine() {
  return (
    <span aria-hidden="true" className="flex w-full items-center gap-1.5 text-edge">
      <span className="size-1.5 shrink-0 rounded-full border border-current" />
      <span className="h-px flex-1 bg-current" />
      <svg width="14" height="12" viewBox="0 0 14 12" className="shrink-0 text-ink">
        <path d="M0 0 14 6 0 12 3 6.75 9 6 3 5.25Z" fill="currentColor" />
      </svg>
      <span className="h-px flex-1 bg-current" />
      <span className="size-1.5 shrink-0 rounded-full bg-current" />
    </span>
  );
}

function shiftText(locale: Locale, t: Dictionary["flight"], shift: number): string {
  return plural(locale, shift > 0 ? t.nextDay : t.previousDay, Math.abs(shift));
}
