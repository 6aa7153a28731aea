import { ChevronLeft, ChevronRight, FilterX, PlaneTakeoff } from "@/components/ui/icons";
import { ButtonLink } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { Pager } from "@/components/ui/pager";
import { State } from "@/components/ui/state";
import { currentLocale, dictionary } from "@/i18n";
import { fill, plural } from "@/i18n/text";
import { paths } from "@/lib/api/paths";
import { airlineNames, airportsByCode } from "@/lib/api/reference";
import { getList } from "@/lib/api/server";
import type { Flight } from "@/lib/api/types";
import { facetsOf } from "@/lib/flights/facets";
import {
  currentLeg,
  isChoosingReturn,
  searchQuery,
  searchUrl,
  withoutFilters,
  type FlightSearch,
} from "@/lib/flights/search";
import { addDays, dayText } from "@/lib/format/time";
import { ChosenOutbound } from "./chosen-outbound";
import { FilterChips } from "./filter-chips";
import { Filters } from "./filters";
import { FlightTicket } from "./flight-ticket";

export async function FlightResults({ search }: { search: FlightSearch }) {
  const [locale, t, airlines, airports] = await Promise.all([
    currentLocale(),
    dictionary(),
    airlineNames(),
    airportsByCode(),
  ]);
  const zone = airports.get(currentLeg(search).from)?.timezone;
  const [found, day] = await Promise.all([
    getList<Flight>(paths.flights, searchQuery(search, zone)),
    getList<Flight>(paths.flights, { ...searchQuery(withoutFilters(search), zone), limit: 100 }),
  ]);
  if (!found.ok) return <FailureState failure={found.failure} />;
  const facets = day.ok ? facetsOf(day.value.data) : undefined;
  const isAll = day.ok && day.value.page.next === null;
  const { data: flights, page } = found.value;
  const isShort = search.cursor === undefined && page.next === null;

  return (
    <div className="grid gap-6 lg:grid-cols-[15rem_minmax(0,1fr)] lg:items-start">
      <Filters search={search} facets={facets} withCounts={isAll} airlines={airlines} locale={locale} t={t.results} />
      <div className="grid gap-4">
        {isChoosingReturn(search) && <ChosenOutbound search={search} airlines={airlines} />}
        <FilterChips search={search} currency={facets?.currency} airlines={airlines} locale={locale} t={t.results} />
        <p className="text-17 font-strong" role="status">
          {isShort
            ? plural(locale, t.results.count, flights.length)
            : fill(t.results.countMore, { count: flights.length })}
        </p>
        {flights.length === 0 && <Empty search={search} isFiltered={facets !== undefined} />}
        {flights.map((flight) => (
          <FlightTicket key={flight.id} flight={flight} search={search} airlines={airlines} locale={locale} t={t} />
        ))}
        <Pager href={searchUrl(search)} cursor={search.cursor} next={page.next} t={t.common} />
      </div>
    </div>
  );
}

async function Empty({ search, isFiltered }: { search: FlightSearch; isFiltered: boolean }) {
  const [locale, t] = await Promise.all([currentLocale(), dictionary()]);
  const texts = t.results.empty;
  if (isFiltered) {
    return (
      <State icon={FilterX} title={texts.filtered} text={texts.filteredText}>
        <ButtonLink href={searchUrl(withoutFilters(search))}>{t.results.clear}</ButtonLink>
      </State>
    );
  }
  const { date } = currentLeg(search);
  const onDay = (day: string) => searchUrl(search, isChoosingReturn(search) ? { returnDate: day } : { date: day });
  return (
    <State
      icon={PlaneTakeoff}
      title={texts.title}
      text={fill(texts.text, { date: dayText(locale, date, "long"), count: search.travellers })}
    >
      <ButtonLink href={onDay(addDays(date, -1))}>
        <ChevronLeft size={18} aria-hidden="true" />
        {texts.before}
      </ButtonLink>
      <ButtonLink href={onDay(addDays(date, 1))}>
        {texts.after}
        <ChevronRight size={18} aria-hidden="true" />
      </ButtonLink>
    </State>
  );
}
