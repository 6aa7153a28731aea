import { publicOrigin } from "@/lib/config";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request was made by a page of another site. Reads are none of our concern, since other sites cannot see
 * their answers; a write must name our origin, and the browser must agree that it is ours.
 */
export function isForeignWrite(request: Request): boolean {
  if (SAFE.has(request.method)) return false;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return true;
  return !isOurs(request.headers.get("origin"), request.headers.get("host"));
}

function isOurs(origin: string | null, host: string | null): boolean {
  if (origin === null) return false;
  if (publicOrigin !== undefined) return origin === publicOrigin;
  try {
    return host !== null && new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}
