import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { RENEWED_COOKIE, hasCookie, readSessionCookies } from "@/lib/bff/cookies";
import { signInPath } from "@/lib/safe-path";
import type { Result } from "./server";

/**
 * A result, unless it says that nobody is signed in. A token that was taken back, for example since its bearer has a new
 * role, is renewed first; pages cannot set cookies, so a route handler does that and comes back.
 */
export async function signedIn<T>(result: Result<T>, page: string): Promise<Result<T>> {
  if (result.ok || result.failure.status !== 401) return result;
  const cookies = (await headers()).get("cookie");
  const mayRenew = readSessionCookies(cookies).refresh !== undefined && !hasCookie(cookies, RENEWED_COOKIE);
  redirect(mayRenew ? `/api/session/renew?next=${encodeURIComponent(page)}` : signInPath(page));
}
