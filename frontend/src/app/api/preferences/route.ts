import { plainForm } from "@/lib/bff/plain-form";
import { safePath } from "@/lib/safe-path";
import { LOCALE_COOKIE, THEME_COOKIE, isLocale, isTheme } from "@/lib/preferences";

const YEAR = 365 * 24 * 60 * 60;

/** The footer's plain forms: language and theme. Back to the page that asked. */
export async function POST(request: Request): Promise<Response> {
  const form = await plainForm(request);
  if (form instanceof Response) return form;
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
