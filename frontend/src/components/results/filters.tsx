import { SlidersHorizontal } from "@/components/ui/icons";
import { SelectField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import type { Facets } from "@/lib/flights/facets";
import { SORTS, TIMES, type FlightSearch, type Sort, type TimeOfDay } from "@/lib/flights/search";
import { money } from "@/lib/format/money";
import type { Locale } from "@/lib/preferences";
import { FilterForm } from "./filter-form";

interface Props {
  search: FlightSearch;
  facets: Facets | undefined;
  /** Whether the facets are of all flights of the day, so that counts are true. */
  withCounts: boolean;
  airlines: ReadonlyMap<string, string>;
  locale: Locale;
  t: Dictionary["results"];
}

/** A plain GET form, which writes its fields into the URL; folded on phones. */
export function Filters({ search, facets, withCounts, airlines, locale, t }: Props) {
  return (
    <FilterForm summary={t.filters} icon={<SlidersHorizontal size={18} aria-hidden="true" />} apply={t.apply}>
      <Kept search={search} />
      <SelectField name="sort" label={t.sort} defaultValue={search.sort}>
        {(Object.keys(SORTS) as Sort[]).map((sort) => (
          <option key={sort} value={sort}>
            {t.sorts[sort]}
          </option>
        ))}
      </SelectField>
      <SelectField name="time" label={t.time} defaultValue={search.time ?? ""}>
        <option value="">{t.times.any}</option>
        {(Object.keys(TIMES) as TimeOfDay[]).map((time) => (
          <option key={time} value={time}>
            {t.times[time]}
          </option>
        ))}
      </SelectField>
      {facets !== undefined && (
        <>
          <SelectField name="airline" label={t.airline} defaultValue={search.airline ?? ""}>
            <option value="">{t.anyAirline}</option>
            {facets.airlines.map(({ code, count }) => (
              <option key={code} value={code}>
                {airlines.get(code) ?? code}
                {withCounts && ` (${count})`}
              </option>
            ))}
          </SelectField>
          <SelectField name="max" label={t.price} defaultValue={search.maxPrice ?? ""}>
            <option value="">{t.anyPrice}</option>
            {priceSteps(facets, search.maxPrice).map((price) => (
              <option key={price} value={price}>
                {fill(t.upTo, { price: money(locale, price, facets.currency) })}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </FilterForm>
  );
}

/** The rest of the search, which filtering leaves as it is. */
function Kept({ search }: { search: FlightSearch }) {
  const { from, to, date, returnDate, travellers, outbound } = search;
  const kept = { from, to, date, travellers, return: returnDate, outbound };
  return Object.entries(kept).map(
    ([name, value]) => value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
  );
}

/** A bound that came with the URL stays one of the choices. */
function priceSteps({ prices }: Facets, chosen: number | undefined): number[] {
  return [...new Set(chosen === undefined ? prices : [...prices, chosen])].sort((a, b) => a - b);
}
