import { Leg } from "@/components/ticket/leg";
import { legOfFlight } from "@/components/ticket/leg-facts";
import { Ticket } from "@/components/ticket/ticket";
import { ButtonLink } from "@/components/ui/button";
import { Badge } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { fill, plural } from "@/i18n/text";
import type { Flight } from "@/lib/api/types";
import { bookingUrl, isChoosingReturn, searchUrl, type FlightSearch } from "@/lib/flights/search";
import { money } from "@/lib/format/money";
import { clock } from "@/lib/format/time";
import type { Locale } from "@/lib/preferences";

/** From so many seats down it is worth saying. */
const FEW_SEATS = 9;

interface Props {
  flight: Flight;
  search: FlightSearch;
  airlines: ReadonlyMap<string, string>;
  locale: Locale;
  t: Dictionary;
}

export function FlightTicket({ flight, search, airlines, locale, t }: Props) {
  const price = money(locale, flight.price, flight.currency);
  const label = fill(t.results.selectLabel, {
    flight: flight.flightNumber,
    departure: clock(flight.departureLocal),
    arrival: clock(flight.arrivalLocal),
    price,
  });
  const travellers = plural(locale, t.flight.travellers, search.travellers);
  const total = fill(t.results.total, {
    price: money(locale, flight.price * search.travellers, flight.currency),
    count: travellers,
  });
  return (
    <Ticket
      label={`${flight.flightNumber} ${flight.departureAirportId} ${flight.arrivalAirportId}`}
      stub={
        <>
          <div className="flex flex-wrap items-baseline justify-between gap-x-3 md:block">
            <p className="flex flex-wrap items-baseline gap-x-2 md:block">
              <span className="figures text-28 font-strong md:block">{price}</span>
              <span className="text-13 text-muted">{t.results.perPerson}</span>
            </p>
            {search.travellers > 1 && <p className="text-13 text-muted tabular-nums">{total}</p>}
          </div>
          {flight.availableSeats <= FEW_SEATS && (
            <p>
              <Badge tone="warn">{plural(locale, t.results.seatsLeft, flight.availableSeats)}</Badge>
            </p>
          )}
          <ButtonLink look="primary" href={nextStep(flight, search)} aria-label={label} prefetch={false}>
            {t.results.select}
          </ButtonLink>
        </>
      }
    >
      <Leg leg={legOfFlight(flight, airlines)} locale={locale} t={t.flight} />
    </Ticket>
  );
}

/** The way back comes after the way out; then both are booked. */
function nextStep(flight: Flight, search: FlightSearch): string {
  if (search.returnDate === undefined) return bookingUrl([flight.id], search.travellers);
  if (isChoosingReturn(search) && search.outbound !== undefined)
    return bookingUrl([search.outbound, flight.id], search.travellers);
  const { from, to, date, returnDate, travellers, sort } = search;
  return searchUrl({ from, to, date, returnDate, travellers, sort, outbound: flight.id });
}
