import Link from "next/link";
import { Leg } from "@/components/ticket/leg";
import { legOfFlight } from "@/components/ticket/leg-facts";
import { FailureState } from "@/components/ui/failure-state";
import { currentLocale, dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getOne } from "@/lib/api/server";
import type { Flight } from "@/lib/api/types";
import { searchUrl, type FlightSearch } from "@/lib/flights/search";
import { money } from "@/lib/format/money";

interface Props {
  search: FlightSearch;
  airlines: ReadonlyMap<string, string>;
}

/** The way out, while the way back is chosen. */
export async function ChosenOutbound({ search, airlines }: Props) {
  const [locale, t, flight] = await Promise.all([
    currentLocale(),
    dictionary(),
    getOne<Flight>(paths.flight(search.outbound ?? 0)),
  ]);
  if (!flight.ok) return <FailureState failure={flight.failure} />;
  return (
    <section aria-label={t.results.chosen} className="grid gap-3 rounded-card border border-sky bg-sky-soft p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-17">
          {t.results.chosen} ·{" "}
          <span className="figures">{money(locale, flight.value.price, flight.value.currency)}</span>
        </h2>
        <Link
          href={searchUrl(search, { outbound: undefined })}
          className="inline-flex target items-center font-medium text-sky underline underline-offset-4"
        >
          {t.results.changeChosen}
        </Link>
      </div>
      <Leg leg={legOfFlight(flight.value, airlines)} locale={locale} t={t.flight} />
    </section>
  );
}
