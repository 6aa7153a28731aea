import { NextResponse, type NextRequest } from "next/server";
import { ACCESS_COOKIE, REFRESH_COOKIE, addCookies } from "@/lib/bff/cookies";
import { bearerOf, type Bearer } from "@/lib/bff/session";
import { contentSecurityPolicy } from "@/lib/content-security-policy";

export const config = {
  // Pages only: route handlers look after themselves, files have no session.
  matcher: [{ source: "/((?!api/|_next/|healthz|robots.txt|sitemap.xml|icon.svg).*)" }],
};

/** Before a page is rendered: a nonce for its scripts, and a fresh access token if the old one has expired. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const bearer = await bearerOf(request.headers);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  headers.set("x-airside-path", request.nextUrl.pathname + request.nextUrl.search);
  if (!(bearer instanceof Response) && bearer.setCookies.length > 0) {
    headers.set("cookie", withTokens(request, bearer));
  }
  const answer = NextResponse.next({ request: { headers } });
  answer.headers.set("content-security-policy", policy);
  if (!(bearer instanceof Response)) addCookies(answer.headers, bearer.setCookies);
  return answer;
}

/** The request's cookies as the browser will have them. */
function withTokens(request: NextRequest, { accessToken, refreshToken }: Bearer): string {
  const others = request.cookies.getAll().filter(({ name }) => name !== ACCESS_COOKIE && name !== REFRESH_COOKIE);
  const pairs = others.map(({ name, value }) => `${name}=${value}`);
  if (accessToken !== undefined) pairs.push(`${ACCESS_COOKIE}=${accessToken}`);
  if (refreshToken !== undefined) pairs.push(`${REFRESH_COOKIE}=${refreshToken}`);
  return pairs.join("; ");
}
