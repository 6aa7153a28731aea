import { afterAll, beforeEach, vi } from "vitest";
import { Upstream, json } from "./upstream";

/** The route handlers before a gateway that answers as a test says. */
export const upstream = new Upstream();

vi.stubEnv("GATEWAY_URL", await upstream.start());
vi.stubEnv("GATEWAY_TIMEOUT_MS", "400");
vi.stubEnv("AIRSIDE_ADDRESS_GUARD", "installed");
export const { forward } = await import("@/lib/bff/forward");
export const { openSession, endSession } = await import("@/lib/bff/session-routes");

afterAll(() => upstream.stop());

beforeEach(() => {
  upstream.asked.length = 0;
  upstream.answer = (_, response) => json(response, 200, { success: true, data: null });
});

export const site = "http://airside.test";
export const booking = "/bookingService/api/v1/booking";

export function request(path: string, { headers, ...init }: RequestInit & { duplex?: "half" } = {}): Request {
  const own = { host: "airside.test", origin: site, "sec-fetch-site": "same-origin" };
  return new Request(site + path, { ...init, headers: { ...own, ...headers } });
}

export function post(path: string, body: unknown, headers: HeadersInit = {}): Request {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return request(path, {
    method: "POST",
    body: text,
    headers: { "content-type": "application/json", "content-length": length, ...headers },
  });
}
