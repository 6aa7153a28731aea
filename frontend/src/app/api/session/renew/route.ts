import { addCookies, readSessionCookies, renewedCookie } from "@/lib/bff/cookies";
import { renewed } from "@/lib/bff/session";
import { safePath, signInPath } from "@/lib/safe-path";

/** Where pages send a browser whose token was taken back: fresh tokens, and back again. */
export async function GET(request: Request): Promise<Response> {
  const next = safePath(new URL(request.url).searchParams.get("next") ?? undefined);
  const bearer = await renewed(readSessionCookies(request.headers.get("cookie")).refresh, request.headers);
  if (bearer instanceof Response) return bearer;
  const location = bearer.accessToken === undefined ? signInPath(next) : next;
  const answer = new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
  addCookies(answer.headers, [...bearer.setCookies, renewedCookie]);
  return answer;
}
