import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HEARTBEAT_MS, withHeartbeat } from "@/lib/bff/event-stream";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function source() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const encoder = new TextEncoder();
  return { stream, send: (text: string) => controller.enqueue(encoder.encode(text)), end: () => controller.close() };
}

test("a stream that is silent for a minute says four times that it lives", async () => {
  const { stream, end } = source();
  const reader = withHeartbeat(stream).getReader();
  await vi.advanceTimersByTimeAsync(60_000);
  end();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read())
    text += new TextDecoder().decode(part.value);
  expect(text).toBe(": still here\n\n".repeat(60_000 / HEARTBEAT_MS));
});

test("a heartbeat never comes inside an event", async () => {
  const { stream, send, end } = source();
  const reader = withHeartbeat(stream).getReader();
  send("data: half");
  await vi.advanceTimersByTimeAsync(40_000);
  send(" of it\n\n");
  end();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read())
    text += new TextDecoder().decode(part.value);
  expect(text).toBe("data: half of it\n\n");
});

test("who leaves ends the stream and its heartbeat", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  await withHeartbeat(stream).cancel();
  expect(cancelled).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
