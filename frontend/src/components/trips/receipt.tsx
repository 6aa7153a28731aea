import { PriceLines } from "@/components/booking/price-lines";
import { Ticket } from "@/components/ticket/ticket";
import { currentLocale, dictionary } from "@/i18n";
import type { Booking } from "@/lib/api/types";
import { BookingLegs } from "./booking-legs";
import { Reference } from "./reference";
import { StatusBadge } from "./status-badge";

/** A booking with what it costs. */
export async function Receipt({ booking }: { booking: Booking }) {
  const [locale, t] = await Promise.all([currentLocale(), dictionary()]);
  const { currency, items, totalCost, reference, status } = booking;
  const lines = items.map(({ flightId, flight, noOfSeats, unitPrice }) => ({
    label: flight?.flightNumber ?? String(flightId),
    seats: noOfSeats,
    unitPrice: unitPrice ?? 0,
  }));
  return (
    <Ticket
      stub={
        <>
          <div className="flex flex-wrap items-start justify-between gap-3">
            <Reference label={t.trips.reference} reference={reference} />
            <StatusBadge status={status} t={t.trips} />
          </div>
          {currency !== null && (
            <PriceLines lines={lines} total={totalCost} currency={currency} locale={locale} t={t.booking} />
          )}
        </>
      }
    >
      <BookingLegs booking={booking} />
    </Ticket>
  );
}
