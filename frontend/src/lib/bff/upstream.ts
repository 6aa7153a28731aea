import { gatewayUrl } from "@/lib/config";
import { bodyTooLarge, type OutgoingBody } from "./body";
import { problem } from "./problem";

/** How long the gateway has for the head of an answer; it gives its services 12 s. */
const HEAD_TIMEOUT_MS = Number(process.env.GATEWAY_TIMEOUT_MS ?? 15_000);

const TIMED_OUT = "timed out";

export interface GatewayCall {
  method: string;
  /** Path and query. */
  target: string;
  headers: Headers;
  body: OutgoingBody;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

/** Asks the gateway. It answers with its own words or, when it cannot be reached, with a problem of ours. */
export async function callGateway(call: GatewayCall): Promise<Response> {
  const controller = new AbortController();
  const leave = () => controller.abort();
  if (call.signal.aborted) leave();
  call.signal.addEventListener("abort", leave, { once: true });
  const timer = setTimeout(() => controller.abort(TIMED_OUT), HEAD_TIMEOUT_MS);
  try {
    return await fetch(gatewayUrl + call.target, {
      method: call.method,
      headers: call.headers,
      body: bodyOf(call.body),
      duplex: "half",
      redirect: "manual",
      cache: "no-store",
      signal: controller.signal,
    } as RequestInit);
  } catch {
    if (call.body.kind === "streamed" && call.body.tooLarge()) return bodyTooLarge();
    if (controller.signal.reason === TIMED_OUT)
      return problem(504, "UPSTREAM_TIMEOUT", "The gateway did not answer in time");
    return problem(503, "UPSTREAM_DOWN", "The gateway cannot be reached right now; try again", { "retry-after": "1" });
  } finally {
    clearTimeout(timer);
  }
}

function bodyOf(body: OutgoingBody): BodyInit | undefined {
  if (body.kind === "held") return body.bytes;
  return body.kind === "streamed" ? body.stream : undefined;
}
