import "server-only";
import { paths } from "./paths";
import { getOne, type Result } from "./server";
import { signedIn } from "./signed-in";
import type { Booking } from "./types";
import { isId } from "@/lib/params";

/** A booking of the viewer; who is not signed in does so first, and comes back. */
export async function bookingOf(id: string, page: string): Promise<Result<Booking>> {
  if (!isId(id)) return { ok: false, failure: { status: 404, code: "NOT_FOUND", detail: "" } };
  return signedIn(await getOne<Booking>(paths.booking(id)), page);
}
