import { currentLocale, dictionary } from "@/i18n";
import { airports } from "@/lib/api/reference";
import { earliestDay, type FlightSearch } from "@/lib/flights/search";
import { countryName } from "@/lib/format/locale";
import { FailureState } from "../ui/failure-state";
import { SearchForm } from "./search-form";

/** The search form with the airports that there are. */
export async function SearchPanel({ search }: { search?: FlightSearch }) {
  const [locale, t, known] = await Promise.all([currentLocale(), dictionary(), airports()]);
  if (!known.ok) return <FailureState failure={known.failure} />;
  const options = known.value.map(({ code, name, city, country, timezone }) => ({
    code,
    name,
    city: city.city,
    country: countryName(locale, country),
    timezone,
  }));
  return <SearchForm airports={options} search={search} firstDay={earliestDay()} t={t.search} />;
}
