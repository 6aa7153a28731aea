import { describe, expect, test, vi } from "vitest";
import { booking, forward, request, upstream } from "./bff";

describe("bodies", () => {
  test("20 MB are refused before they are read", async () => {
    const answer = await forward(
      request(`/api/gw${booking}`, {
        method: "POST",
        body: "{}",
        headers: { "content-length": String(20 * 1024 * 1024) },
      }),
    );
    expect(answer.status).toBe(413);
    expect(upstream.asked).toEqual([]);
  });

  test("20 MB of unknown length are cut off", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        if (sent > 20 * 1024 * 1024) controller.close();
        else controller.enqueue(new Uint8Array(65_536));
      },
    });
    const answer = await forward(request(`/api/gw${booking}`, { method: "POST", body: endless, duplex: "half" }));
    expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(4 * 1024 * 1024);
  });

  test("an answer streams: its beginning is here before its end is made", async () => {
    let finish = () => {};
    upstream.answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("first");
      finish = () => response.end("last");
    };
    const answer = await forward(request("/api/gw/api/v1/me"));
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
    finish();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("last");
  });
});

describe("a gateway in trouble", () => {
  test("one that hangs is 504", async () => {
    upstream.answer = () => undefined;
    const answer = await forward(request("/api/gw/api/v1/me"));
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ status: 504, code: "UPSTREAM_TIMEOUT", success: false });
  });

  test("one that hangs up is 503 with Retry-After", async () => {
    upstream.answer = (_, response) => void response.socket?.destroy();
    const answer = await forward(request("/api/gw/api/v1/me"));
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
  });

  test("hears at once that the client left", async () => {
    const left = new Promise<void>((resolve) => {
      upstream.answer = (_, response) => void response.on("close", resolve);
    });
    const controller = new AbortController();
    const answer = forward(request("/api/gw/api/v1/me", { signal: controller.signal }));
    await vi.waitFor(() => expect(upstream.asked).toHaveLength(1));
    controller.abort();
    await left;
    expect((await answer).status).toBe(503);
  });
});

describe("event streams", () => {
  test("are not transformed, pass event by event and end with their client", async () => {
    let send: (text: string) => void = () => {};
    const closed = new Promise<void>((resolve) => {
      upstream.answer = (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
        response.write("data: 1\n\n");
        send = (text) => void response.write(text);
        response.on("close", resolve);
      };
    });
    const answer = await forward(request("/api/gw/flightsService/api/v1/flight/1"));
    expect(answer.headers.get("cache-control")).toBe("no-cache, no-transform");
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
    send("data: 2\n\n");
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 2\n\n");
    await reader?.cancel();
    await closed;
  });
});
