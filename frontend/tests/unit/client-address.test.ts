import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { clientAddress, installAddressGuard, parseTrusted } from "../../server/client-address.mjs";

const nobody = parseTrusted("");
const edge = parseTrusted("10.0.0.0/8, 127.0.0.1, ::1");

test.each([
  ["the peer, when it is no proxy of ours", "203.0.113.7", "1.2.3.4", nobody, "203.0.113.7"],
  ["an IPv4 peer that IPv6 wraps", "::ffff:203.0.113.7", undefined, nobody, "203.0.113.7"],
  ["the last hop that is not a trusted proxy", "10.0.0.2", "1.2.3.4, 203.0.113.7, 10.0.0.1", edge, "203.0.113.7"],
  ["the proxy itself, when what it passes on is no address", "10.0.0.2", "evil", edge, "10.0.0.2"],
  ["the proxy itself, when it passes on nothing", "127.0.0.1", undefined, edge, "127.0.0.1"],
])("the client is %s", (_, peer, forwardedFor, trusted, expected) => {
  expect(clientAddress(peer, forwardedFor, trusted)).toBe(expected);
});

test("a bad list of proxies stops the start and says which entry", () => {
  expect(() => parseTrusted("10.0.0.0/8,somewhere")).toThrow("somewhere");
});

test("behind the guard a request's own word for its address is gone", async () => {
  const createServer = http.createServer;
  installAddressGuard(http, "");
  const server = http.createServer((request, response) => void response.end(JSON.stringify(request.headers)));
  http.createServer = createServer;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const headers = {
    "x-forwarded-for": "1.2.3.4",
    "x-forwarded-host": "evil.test",
    "x-airside-client-address": "1.2.3.4",
    forwarded: "for=1",
  };
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers });
  const seen = (await answer.json()) as Record<string, string>;
  server.close();
  expect(seen["x-airside-client-address"]).toBe("127.0.0.1");
  expect(seen["x-forwarded-for"]).toBe("127.0.0.1");
  expect(seen["x-forwarded-host"]).toBeUndefined();
  expect(seen.forwarded).toBeUndefined();
});
