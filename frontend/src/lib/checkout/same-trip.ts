import type { Booking } from "@/lib/api/types";
import { searchUrl } from "@/lib/flights/search";
import { localDay } from "@/lib/format/time";

/** The search that finds a booking's trip again. */
export function sameTripUrl(booking: Booking): string {
  const [out, back] = booking.items.map(({ flight }) => flight);
  if (out === undefined) return "/";
  const isReturn =
    back !== undefined &&
    back.departureAirportId === out.arrivalAirportId &&
    back.arrivalAirportId === out.departureAirportId;
  return searchUrl({
    from: out.departureAirportId,
    to: out.arrivalAirportId,
    date: localDay(out.departureLocal),
    returnDate: isReturn ? localDay(back.departureLocal) : undefined,
    travellers: booking.noOfSeats,
    sort: "price",
  });
}
