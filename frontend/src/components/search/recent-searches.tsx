import { X } from "@/components/ui/icons";
import { cookies } from "next/headers";
import Link from "next/link";
import { currentLocale, dictionary } from "@/i18n";
import { fill, plural } from "@/i18n/text";
import { airportsByCode } from "@/lib/api/reference";
import { RECENT_COOKIE, queryOf, recentSearches } from "@/lib/flights/recent-searches";
import { earliestDay, searchUrl, type FlightSearch } from "@/lib/flights/search";
import { dayText } from "@/lib/format/time";
import type { Locale } from "@/lib/preferences";

/** What was searched for in this browser; nothing if there is nothing. */
export async function RecentSearches() {
  const kept = (await cookies()).get(RECENT_COOKIE)?.value;
  const searches = recentSearches(kept, earliestDay());
  if (searches.length === 0) return null;
  const [locale, t, airports] = await Promise.all([currentLocale(), dictionary(), airportsByCode()]);
  const city = (code: string) => airports.get(code)?.city.city ?? code;
  return (
    <section aria-labelledby="recent" className="grid gap-3">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 id="recent" className="text-17">
          {t.search.recent.title}
        </h2>
        <p className="text-13 text-muted">{t.search.recent.kept}</p>
      </div>
      <ul className="flex flex-wrap gap-2">
        {searches.map((search) => {
          const route = { from: city(search.from), to: city(search.to) };
          return (
            <li key={queryOf(search)} className="flex max-w-full items-stretch rounded-control border bg-card">
              <Link
                href={searchUrl(search)}
                prefetch={false}
                className="target min-w-0 rounded-control px-3 py-1.5 hover:bg-sunk"
              >
                <span className="block font-medium">{fill(t.search.recent.route, route)}</span>
                <span className="block text-13 text-muted">
                  {days(locale, search)} · {plural(locale, t.flight.travellers, search.travellers)}
                </span>
              </Link>
              <form method="post" action="/api/recent-searches" className="flex border-l">
                <button
                  name="forget"
                  value={queryOf(search)}
                  aria-label={fill(t.search.recent.forget, route)}
                  className="inline-flex target items-center justify-center rounded-control px-3 text-muted hover:bg-sunk hover:text-ink"
                >
                  <X size={16} aria-hidden="true" />
                </button>
              </form>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function days(locale: Locale, { date, returnDate }: FlightSearch): string {
  return [date, returnDate].flatMap((day) => (day === undefined ? [] : dayText(locale, day))).join(" – ");
}
