import { LocalTime } from "@/components/local-time";
import { Card } from "@/components/ui/card";
import type { Dictionary } from "@/i18n/en";
import type { BookingEvent } from "@/lib/api/types";

/** What happened to a booking, in order. */
export function Timeline({ events, t }: { events: BookingEvent[]; t: Dictionary["trips"] }) {
  const causes: Partial<Record<string, string>> = t.causes;
  return (
    <Card aria-labelledby="timeline">
      <h2 id="timeline" className="mb-3 text-21">
        {t.timeline}
      </h2>
      <ol className="grid">
        {events.map(({ at, cause }, index) => (
          <li
            key={index}
            className="relative pb-4 pl-5 before:absolute before:top-3 before:-bottom-3 before:left-1.25 before:border-l-2 before:border-dashed before:border-edge last:pb-0 last:before:hidden"
          >
            <span
              aria-hidden="true"
              className="absolute top-1.5 left-0 size-3 rounded-full border-2 border-card bg-ink"
            />
            <p className="font-medium">{causes[cause] ?? cause}</p>
            <p className="text-13 text-muted tabular-nums">
              <LocalTime instant={at} />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
