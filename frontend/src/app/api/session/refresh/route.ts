import { addCookies, readSessionCookies } from "@/lib/bff/cookies";
import { isForeignWrite } from "@/lib/bff/origin";
import { problem } from "@/lib/bff/problem";
import { renewed } from "@/lib/bff/session";

/** Asks for tokens that say what the account is now, after a change of its name or address. */
export async function POST(request: Request): Promise<Response> {
  if (isForeignWrite(request)) return problem(403, "FORBIDDEN", "Another site may not do this");
  const bearer = await renewed(readSessionCookies(request.headers.get("cookie")).refresh, request.headers);
  if (bearer instanceof Response) return bearer;
  const answer =
    bearer.accessToken === undefined
      ? problem(401, "UNAUTHENTICATED", "The session is over; sign in again")
      : Response.json({ success: true, message: "Session renewed", data: null });
  addCookies(answer.headers, bearer.setCookies);
  return answer;
}
