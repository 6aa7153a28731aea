import { Leg } from "@/components/ticket/leg";
import { legOfSummary } from "@/components/ticket/leg-facts";
import { currentLocale, dictionary } from "@/i18n";
import { airportsByCode } from "@/lib/api/reference";
import type { Booking } from "@/lib/api/types";

/** The flights of a booking as they were sold. */
export async function BookingLegs({ booking }: { booking: Booking }) {
  const [locale, t, airports] = await Promise.all([currentLocale(), dictionary(), airportsByCode()]);
  return booking.items.map(
    ({ flightId, flight }) =>
      flight && <Leg key={flightId} leg={legOfSummary(flight, airports)} locale={locale} t={t.flight} />,
  );
}
