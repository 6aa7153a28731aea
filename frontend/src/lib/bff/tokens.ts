import type { Role } from "@/lib/api/types";

/** What an access token says of its bearer. For showing only: the gateway checks it at every call. */
export interface Claims {
  id: number;
  email: string;
  name: string;
  roles: Role[];
  airline?: string;
  /** Seconds since 1970. */
  exp: number;
}

/** A token that is about to expire is as good as expired: it has yet to travel. Seconds. */
const MARGIN = 10;

export function readClaims(token: string | undefined): Claims | undefined {
  const payload = token?.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return isClaims(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

export function isFresh(token: string | undefined, now = Date.now()): boolean {
  const claims = readClaims(token);
  return claims !== undefined && claims.exp - MARGIN > now / 1000;
}

function isClaims(value: unknown): value is Claims {
  const claims = value as Partial<Claims> | null;
  return typeof claims?.exp === "number" && typeof claims.id === "number" && Array.isArray(claims.roles);
}
