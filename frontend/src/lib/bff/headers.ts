/** What of a browser's request the gateway gets to see. Cookies, X-Forwarded-* and Authorization are not among it. */
const REQUEST_HEADERS = [
  "accept",
  "accept-language",
  "cache-control",
  "content-type",
  "if-none-match",
  "last-event-id",
  "user-agent",
  "x-correlation-id",
  "x-idempotency-key",
];

/** What of the gateway's answer the browser gets to see. Set-Cookie is not among it. */
const RESPONSE_HEADERS = [
  "allow",
  "cache-control",
  "content-language",
  "content-security-policy",
  "content-type",
  "date",
  "etag",
  "idempotency-replayed",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "x-correlation-id",
];

export function requestHeaders(incoming: Headers, client: string | undefined, accessToken?: string): Headers {
  const outgoing = pick(incoming, REQUEST_HEADERS);
  outgoing.set("accept-encoding", "identity");
  if (client !== undefined) outgoing.set("x-forwarded-for", client);
  if (accessToken !== undefined) outgoing.set("authorization", `Bearer ${accessToken}`);
  return outgoing;
}

export function responseHeaders(upstream: Headers): Headers {
  const headers = pick(upstream, RESPONSE_HEADERS);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  return headers;
}

/** The caller's address, as server/client-address.mjs saw it; without that guard nobody's word is taken for it. */
export function clientOf(headers: Headers): string | undefined {
  if (process.env.AIRSIDE_ADDRESS_GUARD !== "installed") return undefined;
  return headers.get("x-airside-client-address") ?? undefined;
}

function pick(from: Headers, names: readonly string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) picked.set(name, value);
  }
  return picked;
}
