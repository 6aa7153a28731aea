import "server-only";
import { paths } from "@/lib/api/paths";
import { airports } from "@/lib/api/reference";
import { getAll, type Result } from "@/lib/api/server";
import type { Airplane } from "@/lib/api/types";

export interface FlightChoices {
  airports: { code: string; city: string; timezone: string }[];
  /** Shared ones and the airline's own. */
  airplanes: { id: number; name: string }[];
}

export async function flightChoices(airline: string): Promise<Result<FlightChoices>> {
  const [known, planes] = await Promise.all([airports(), getAll<Airplane>(paths.airplanes)]);
  if (!known.ok) return known;
  if (!planes.ok) return planes;
  const usable = planes.value.filter((plane) => plane.airline === null || plane.airline === airline);
  return {
    ok: true,
    value: {
      airports: known.value
        .map(({ code, city, timezone }) => ({ code, city: city.city, timezone }))
        .sort((a, b) => a.city.localeCompare(b.city)),
      airplanes: usable.map(({ id, modelNumber, capacity }) => ({ id, name: `${modelNumber} (${capacity})` })),
    },
  };
}
