import { cookies } from "next/headers";
import { plainForm } from "@/lib/bff/plain-form";
import { RECENT_COOKIE, forgetSearch } from "@/lib/flights/recent-searches";

/** The home page's plain forms: forgets a search of this browser. */
export async function POST(request: Request): Promise<Response> {
  const form = await plainForm(request);
  if (form instanceof Response) return form;
  const kept = (await cookies()).get(RECENT_COOKIE)?.value;
  const answer = new Response(null, { status: 303, headers: { location: "/" } });
  answer.headers.append("set-cookie", forgetSearch(kept, String(form.get("forget"))));
  return answer;
}
