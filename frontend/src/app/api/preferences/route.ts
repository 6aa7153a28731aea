import { isForeignWrite } from "@/lib/bff/origin";
import { problem } from "@/lib/bff/problem";
import { safePath } from "@/lib/safe-path";
import { LOCALE_COOKIE, THEME_COOKIE, isLocale, isTheme } from "@/lib/preferences";

const YEAR = 365 * 24 * 60 * 60;
const MOST_BYTES = 8192;

/** The footer's plain forms: language and theme. Back to the page that asked. */
export async function POST(request: Request): Promise<Response> {
  if (isForeignWrite(request)) return problem(403, "FORBIDDEN", "Another site may not do this");
  if (!(Number(request.headers.get("content-length") ?? NaN) <= MOST_BYTES)) {
    return problem(413, "MALFORMED", `The form is larger than ${MOST_BYTES} bytes`);
  }
  const form = await request.formData();
  const answer = new Response(null, { status: 303, headers: { location: safePath(String(form.get("from") ?? "")) } });
  const locale = form.get("locale");
  const theme = form.get("theme");
  if (isLocale(locale)) answer.headers.append("set-cookie", preference(LOCALE_COOKIE, locale));
  if (isTheme(theme)) answer.headers.append("set-cookie", preference(THEME_COOKIE, theme));
  return answer;
}

function preference(name: string, value: string): string {
  return `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
}
