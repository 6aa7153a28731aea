/** How often a silent event stream says that it lives; proxies close what is silent for longer. */
export const HEARTBEAT_MS = 15_000;

const heartbeat = new TextEncoder().encode(": still here\n\n");
const LINE_FEED = 10;

/** Passes events on as they come, and a comment whenever there was none for a while. Never inside an event. */
export function withHeartbeat(events: ReadableStream<Uint8Array>, interval = HEARTBEAT_MS): ReadableStream<Uint8Array> {
  const reader = events.getReader();
  let timer: ReturnType<typeof setInterval>;
  let betweenEvents = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => betweenEvents && controller.enqueue(heartbeat), interval);
    },
    async pull(controller) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        clearInterval(timer);
        throw error;
      });
      if (done) {
        clearInterval(timer);
        controller.close();
        return;
      }
      betweenEvents = endsEvent(value, betweenEvents);
      timer.refresh?.();
      controller.enqueue(value);
    },
    cancel(reason) {
      clearInterval(timer);
      return reader.cancel(reason);
    },
  });
}

function endsEvent(chunk: Uint8Array, before: boolean): boolean {
  if (chunk.byteLength === 0) return before;
  return chunk.at(-1) === LINE_FEED && (chunk.byteLength === 1 || chunk.at(-2) === LINE_FEED || chunk.at(-2) === 13);
}
