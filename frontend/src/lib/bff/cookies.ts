import type { Tokens } from "@/lib/api/types";
import { secureCookies } from "@/lib/config";

const prefix = secureCookies ? "__Host-airside" : "airside";
export const ACCESS_COOKIE = `${prefix}-access`;
export const REFRESH_COOKIE = `${prefix}-refresh`;

/** Says for a moment that a page was renewed, so that it does not go round in circles. */
export const RENEWED_COOKIE = "airside-renewed";

/** Seconds; the gateway ends a session that is not refreshed for so long. */
const REFRESH_LIFE = 30 * 24 * 60 * 60;

export interface SessionCookies {
  access?: string;
  refresh?: string;
}

export function readSessionCookies(header: string | null): SessionCookies {
  const cookies = parse(header);
  return { access: tokenIn(cookies.get(ACCESS_COOKIE)), refresh: tokenIn(cookies.get(REFRESH_COOKIE)) };
}

export function sessionCookies(tokens: Tokens): string[] {
  return [
    cookie(ACCESS_COOKIE, tokens.jwt, tokens.expiresIn),
    cookie(REFRESH_COOKIE, tokens.refreshToken, REFRESH_LIFE),
  ];
}

export const clearedCookies: string[] = [cookie(ACCESS_COOKIE, "", 0), cookie(REFRESH_COOKIE, "", 0)];

export function hasCookie(header: string | null, name: string): boolean {
  return parse(header).has(name);
}

export const renewedCookie = `${RENEWED_COOKIE}=1; Path=/; Max-Age=5; HttpOnly; SameSite=Lax`;

export function addCookies(headers: Headers, cookies: readonly string[]): void {
  for (const line of cookies) headers.append("set-cookie", line);
}

function cookie(name: string, value: string, maxAge: number): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secureCookies ? "; Secure" : ""}`;
}

function parse(header: string | null): Map<string, string> {
  return new Map(
    (header ?? "").split(";").map((pair) => {
      const [name = "", ...value] = pair.trim().split("=");
      return [name, value.join("=")] as const;
    }),
  );
}

/** Only what a token can look like goes into a header. */
function tokenIn(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9._-]{16,4096}$/.test(value) ? value : undefined;
}
