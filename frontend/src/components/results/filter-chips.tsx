import { X } from "@/components/ui/icons";
import Link from "next/link";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import { searchUrl, withoutFilters, type FlightSearch } from "@/lib/flights/search";
import { money } from "@/lib/format/money";
import type { Locale } from "@/lib/preferences";

interface Props {
  search: FlightSearch;
  currency: string | undefined;
  airlines: ReadonlyMap<string, string>;
  locale: Locale;
  t: Dictionary["results"];
}

/** What is filtered by, each to be taken away by a press. */
export function FilterChips({ search, currency, airlines, locale, t }: Props) {
  const chips: { text: string; href: string }[] = [];
  const { airline, time, maxPrice } = search;
  if (airline !== undefined)
    chips.push({ text: airlines.get(airline) ?? airline, href: searchUrl(search, { airline: undefined }) });
  if (time !== undefined) chips.push({ text: t.times[time], href: searchUrl(search, { time: undefined }) });
  if (maxPrice !== undefined && currency !== undefined) {
    chips.push({
      text: fill(t.upTo, { price: money(locale, maxPrice, currency) }),
      href: searchUrl(search, { maxPrice: undefined }),
    });
  }
  if (chips.length === 0) return null;
  return (
    <ul className="flex flex-wrap items-center gap-2">
      {chips.map(({ text, href }) => (
        <li key={text}>
          <Link
            href={href}
            aria-label={fill(t.remove, { name: text })}
            className="inline-flex target items-center gap-2 rounded-full border border-edge bg-card px-4 font-medium hover:bg-sunk"
          >
            {text}
            <X size={16} aria-hidden="true" />
          </Link>
        </li>
      ))}
      <li>
        <Link
          href={searchUrl(withoutFilters(search))}
          className="inline-flex target items-center px-2 font-medium text-sky underline underline-offset-4"
        >
          {t.clear}
        </Link>
      </li>
    </ul>
  );
}
