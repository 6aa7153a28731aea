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
      <ol className="grid gap-4 border-l-2 border-dashed pl-5">
        {events.map(({ at, cause }, index) => (
          <li key={index} className="relative">
            <span
              aria-hidden="true"
              className="absolute top-1.5 -left-[1.6875rem] size-3 rounded-full border-2 border-card bg-ink"
            />
            <p className="font-medium">{causes[cause] ?? cause}</p>
            <p className="figures text-13 text-muted">
              <LocalTime instant={at} />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
