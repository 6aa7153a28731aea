import { SearchX, SlidersHorizontal } from "@/components/ui/icons";
import type { Metadata } from "next";
import { Suspense } from "react";
import { FlightResults } from "@/components/results/flight-results";
import { SearchPanel } from "@/components/search/search-panel";
import { PageTitle } from "@/components/ui/page-title";
import { TicketSkeletons } from "@/components/ui/skeleton";
import { State } from "@/components/ui/state";
import { currentLocale, dictionary } from "@/i18n";
import { fill, plural } from "@/i18n/text";
import { airportsByCode } from "@/lib/api/reference";
import { currentLeg, isChoosingReturn, parseSearch, searchUrl, type FlightSearch } from "@/lib/flights/search";
import { dayText } from "@/lib/format/time";

export async function generateMetadata({ searchParams }: PageProps<"/flights">): Promise<Metadata> {
  const search = parseSearch(await searchParams);
  const t = await dictionary();
  if (search === undefined) return { title: t.common.search, robots: { index: false } };
  const title = fill(t.results.title, await cities(search));
  return {
    title,
    description: `${title}, ${dayText(await currentLocale(), search.date, "long")}`,
    alternates: { canonical: searchUrl(search) },
  };
}

export default async function FlightsPage({ searchParams }: PageProps<"/flights">) {
  const search = parseSearch(await searchParams);
  const t = await dictionary();
  if (search === undefined) {
    return (
      <div className="grid gap-6">
        <State as="h1" icon={SearchX} title={t.results.invalid.title} text={t.results.invalid.text} />
        <SearchPanel />
      </div>
    );
  }
  return (
    <>
      <Heading search={search} />
      <details className="mb-6 rounded-card border bg-card">
        <summary className="flex target items-center gap-2 px-4 py-2 font-medium text-sky">
          <SlidersHorizontal size={18} aria-hidden="true" />
          {t.results.edit}
        </summary>
        <div className="border-t p-4 sm:p-6">
          <SearchPanel key={searchUrl(search)} search={search} />
        </div>
      </details>
      {/* As high as a screen: few flights, or none, would pull the footer up when they take the place of the skeletons. */}
      <div className="min-h-dvh">
        <Suspense
          key={searchUrl(search, { cursor: search.cursor })}
          fallback={<TicketSkeletons count={5} label={t.common.loading} />}
        >
          <FlightResults search={search} />
        </Suspense>
      </div>
    </>
  );
}

async function Heading({ search }: { search: FlightSearch }) {
  const [locale, t] = await Promise.all([currentLocale(), dictionary()]);
  const leg = currentLeg(search);
  const parts = [dayText(locale, leg.date, "long"), plural(locale, t.flight.travellers, search.travellers)];
  if (search.returnDate !== undefined)
    parts.unshift(isChoosingReturn(search) ? t.results.inboundStep : t.results.outboundStep);
  return <PageTitle title={fill(t.results.title, await cities(search))} lead={parts.join(" · ")} />;
}

/** The names of both cities, in the direction that is being chosen. */
async function cities(search: FlightSearch): Promise<{ from: string; to: string }> {
  const known = await airportsByCode();
  const leg = currentLeg(search);
  return { from: known.get(leg.from)?.city.city ?? leg.from, to: known.get(leg.to)?.city.city ?? leg.to };
}
