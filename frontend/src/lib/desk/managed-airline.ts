import "server-only";
import { airlines } from "@/lib/api/reference";
import { viewer } from "@/lib/api/server";
import type { Airline } from "@/lib/api/types";

export interface Managed {
  /** The airline that is managed on this page. */
  airline: Airline;
  /** Which others could be, for administrators. */
  choices: Airline[];
  isAdmin: boolean;
}

/** Which airline the viewer manages: staff their own, administrators the one that they ask for. */
export async function managedAirline(asked: string | undefined): Promise<Managed | undefined> {
  const [user, known] = await Promise.all([viewer(), airlines()]);
  if (user === undefined || !known.ok) return undefined;
  const isAdmin = user.roles.includes("ADMIN");
  const choices = isAdmin ? known.value : known.value.filter(({ code }) => code === user.airline);
  const airline = choices.find(({ code }) => code === asked) ?? choices[0];
  return airline && { airline, choices, isAdmin };
}
