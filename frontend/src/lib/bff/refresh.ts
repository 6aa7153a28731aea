import { createHash } from "node:crypto";
import type { Tokens } from "@/lib/api/types";
import { requestHeaders } from "./headers";
import { callGateway } from "./upstream";

export type Refreshed =
  { kind: "tokens"; tokens: Tokens } | { kind: "over" } | { kind: "unavailable"; answer: Response };

/** Requests that a page sent side by side still carry the old token: so long they get what the first one got. */
const REMEMBERED_MS = 30_000;

type Flights = Map<string, Promise<Refreshed>>;
// The proxy and the route handlers are bundled apart; a refresh token is good once, so they share this.
const shared = globalThis as typeof globalThis & { airsideRefreshes?: Flights };
const flights: Flights = (shared.airsideRefreshes ??= new Map());

/** The next tokens for a refresh token; asked of the gateway once, however many need them. */
export function refreshOnce(refreshToken: string, incoming: Headers, client: string | undefined): Promise<Refreshed> {
  const key = createHash("sha256").update(refreshToken).digest("hex");
  const running = flights.get(key);
  if (running !== undefined) return running;
  const flight = refresh(refreshToken, incoming, client);
  flights.set(key, flight);
  void flight.then((result) => {
    if (result.kind === "unavailable") flights.delete(key);
    else setTimeout(() => flights.delete(key), REMEMBERED_MS).unref();
  });
  return flight;
}

async function refresh(refreshToken: string, incoming: Headers, client: string | undefined): Promise<Refreshed> {
  const headers = requestHeaders(incoming, client);
  headers.set("content-type", "application/json");
  headers.set("accept", "application/json");
  const bytes = new TextEncoder().encode(JSON.stringify({ refreshToken })).buffer as ArrayBuffer;
  // Others wait for this answer: it goes on if the one who asked first leaves.
  const signal = new AbortController().signal;
  const body = { kind: "held", bytes } as const;
  const answer = await callGateway({ method: "POST", target: "/api/v1/token/refresh", headers, body, signal });
  if (answer.ok) {
    const { data } = (await answer.json()) as { data: Tokens };
    return { kind: "tokens", tokens: data };
  }
  return answer.status === 401 || answer.status === 422 ? { kind: "over" } : { kind: "unavailable", answer };
}
