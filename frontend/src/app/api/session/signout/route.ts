import { addCookies, clearedCookies } from "@/lib/bff/cookies";
import { isForeignWrite } from "@/lib/bff/origin";
import { problem } from "@/lib/bff/problem";
import { endSession } from "@/lib/bff/session-routes";

/** The header's plain form. The browser forgets the session even if the gateway cannot be told right now. */
export async function POST(request: Request): Promise<Response> {
  if (isForeignWrite(request)) return problem(403, "FORBIDDEN", "Another site may not do this");
  await endSession(withoutBody(request), { method: "POST", target: "/api/v1/signout" });
  const answer = new Response(null, { status: 303, headers: { location: "/" } });
  addCookies(answer.headers, clearedCookies);
  return answer;
}

function withoutBody(request: Request): Request {
  const { method, headers, signal } = request;
  const bare = new Headers(headers);
  bare.delete("content-type");
  bare.delete("content-length");
  return new Request(request.url, { method, headers: bare, signal });
}
