import { problem } from "./problem";

/** Bodies up to this size are held, so that they can be sent again after a refresh; larger ones stream. Bytes. */
export const HELD_BODY = 64 * 1024;
/** No body is larger than this. Bytes. */
export const MAX_BODY = 1024 * 1024;

/** A request's body on its way to the gateway. */
export type OutgoingBody =
  | { kind: "none" }
  | { kind: "held"; bytes: ArrayBuffer }
  | { kind: "streamed"; stream: ReadableStream<Uint8Array>; tooLarge: () => boolean };

export async function outgoingBody(request: Request): Promise<OutgoingBody | Response> {
  if (request.body === null) return { kind: "none" };
  const length = Number(request.headers.get("content-length") ?? NaN);
  if (length === 0) return { kind: "none" };
  if (length > MAX_BODY) return bodyTooLarge();
  if (length <= HELD_BODY) return { kind: "held", bytes: await request.arrayBuffer() };
  return limited(request.body);
}

export function bodyTooLarge(): Response {
  return problem(413, "MALFORMED", `The body is larger than ${MAX_BODY} bytes`, { connection: "close" });
}

function limited(body: ReadableStream<Uint8Array>): OutgoingBody {
  let seen = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > MAX_BODY) controller.error(new Error("body too large"));
      else controller.enqueue(chunk);
    },
  });
  return { kind: "streamed", stream: body.pipeThrough(counter), tooLarge: () => seen > MAX_BODY };
}
