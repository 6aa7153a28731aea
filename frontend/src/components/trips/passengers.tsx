import type { Dictionary } from "@/i18n/en";
import type { Passenger } from "@/lib/api/types";

export function Passengers({ passengers, t }: { passengers: Passenger[]; t: Dictionary }) {
  return (
    <>
      <h2 id="passengers" className="mb-3 text-21">
        {t.trips.passengers}
      </h2>
      {passengers.length === 0 && <p className="text-muted">{t.trips.noPassengers}</p>}
      <ul className="grid gap-2">
        {passengers.map(({ givenName, surname, type }, index) => (
          <li key={index} className="flex flex-wrap justify-between gap-x-4">
            <span className="font-medium">
              {givenName} {surname}
            </span>
            <span className="text-muted">{t.booking.types[type]}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
