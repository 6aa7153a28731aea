import "server-only";
import { redirect } from "next/navigation";
import { signInPath } from "@/lib/safe-path";
import { paths } from "./paths";
import { getOne, type Result } from "./server";
import type { Booking } from "./types";

/** A booking of the viewer; who is not signed in does so first, and comes back. */
export async function bookingOf(id: string, page: string): Promise<Result<Booking>> {
  if (!/^\d{1,18}$/.test(id)) return { ok: false, failure: { status: 404, code: "NOT_FOUND", detail: "" } };
  return signedIn(await getOne<Booking>(paths.booking(id)), page);
}

/** A result, unless it says that nobody is signed in. */
export function signedIn<T>(result: Result<T>, page: string): Result<T> {
  if (!result.ok && result.failure.status === 401) redirect(signInPath(page));
  return result;
}
