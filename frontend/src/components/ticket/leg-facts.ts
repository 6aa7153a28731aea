import type { Airport, Flight, FlightSummary } from "@/lib/api/types";
import { minutesBetween } from "@/lib/format/time";

/** What a boarding pass says of a flight, wherever it comes from. */
export interface LegFacts {
  flightNumber: string;
  airline?: string;
  airplane?: string;
  gate?: string;
  minutes: number;
  departure: StopFacts;
  arrival: StopFacts;
}

export interface StopFacts {
  code: string;
  city?: string;
  /** Local time with offset. */
  local: string;
}

/** A flight on sale. */
export function legOfFlight(flight: Flight, airlines: ReadonlyMap<string, string>): LegFacts {
  return {
    flightNumber: flight.flightNumber,
    airline: airlines.get(flight.airline),
    airplane: flight.airplane.modelNumber,
    gate: flight.boardingGate ?? undefined,
    minutes: minutesBetween(flight.departureTime, flight.arrivalTime),
    departure: {
      code: flight.departureAirportId,
      city: flight.departureAirport.city.city,
      local: flight.departureLocal,
    },
    arrival: { code: flight.arrivalAirportId, city: flight.arrivalAirport.city.city, local: flight.arrivalLocal },
  };
}

/** A flight as it was sold. */
export function legOfSummary(summary: FlightSummary, airports: ReadonlyMap<string, Airport>): LegFacts {
  const { flightNumber, departureAirportId, arrivalAirportId, departureLocal, arrivalLocal } = summary;
  return {
    flightNumber,
    minutes: minutesBetween(departureLocal, arrivalLocal),
    departure: { code: departureAirportId, city: airports.get(departureAirportId)?.city.city, local: departureLocal },
    arrival: { code: arrivalAirportId, city: airports.get(arrivalAirportId)?.city.city, local: arrivalLocal },
  };
}
