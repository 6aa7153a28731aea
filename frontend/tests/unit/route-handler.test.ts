import { describe, expect, test } from "vitest";
import { booking, endSession, forward, openSession, post, request, site, upstream } from "./bff";
import { json, token } from "./upstream";

describe("which paths pass", () => {
  test.each([
    "/api/gw/api/v1/../../internal/v1/holds/1",
    "/api/gw/..%2f..%2finternal/v1/holds",
    "/api/gw/%2e%2e/%2e%2e/metrics",
    "/api/gw/flightsService/api/v1/flight/1%2f..%2f..%2fmetrics",
    "/api/gw/flightsService/api/v1/flight/%252e%252e",
    "/api/gw/flightsService%2fapi/v1/flight",
    "/api/gw//flightsService/api/v1/flight",
    "/api/gw/flightsService/api/v1/flight/1/",
    "/api/gw/flightsService/api/v1/flight;/1",
    "/api/gw/flightsService\\api\\v1\\internal",
    "/api/gw/bookingService/internal/v1/users/1/erasure",
    "/api/gw/bookingService/ui/../internal",
    "/api/gw/bookingService/ui/.%2e/internal",
    "/api/gw/metrics",
    "/api/gw/http://elsewhere.test/",
    "/api/gw/@elsewhere.test/api/v1/me",
  ])("%s is not found, and nothing is asked", async (path) => {
    const answer = await forward(request(path));
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(upstream.asked).toEqual([]);
  });

  test.each(["/api/v1/signin", "/api/v1/token/refresh", "/api/v1/signout"])(
    "%s answers tokens and has a route of its own",
    async (path) => {
      expect((await forward(post(`/api/gw${path}`, {}))).status).toBe(404);
      expect(upstream.asked).toEqual([]);
    },
  );

  test("a method that a path does not have is not found", async () => {
    expect((await forward(request("/api/gw/api/v1/audit", { method: "DELETE" }))).status).toBe(404);
  });

  test("a path and its query arrive as they are", async () => {
    await forward(request("/api/gw/flightsService/api/v1/flight?trips=JFK-LAX&price=100-"));
    expect(upstream.asked[0]?.url).toBe("/flightsService/api/v1/flight?trips=JFK-LAX&price=100-");
  });
});

describe("who may write", () => {
  test.each([
    ["another origin", { origin: "http://evil.test" }],
    ["an origin that begins like ours", { origin: `${site}.evil.test` }],
    ["no origin that can be read", { origin: "null" }],
    ["a browser that says it is another site", { "sec-fetch-site": "cross-site" }],
    ["a browser that says it is a sibling", { "sec-fetch-site": "same-site" }],
  ])("%s is refused", async (_, headers) => {
    expect((await forward(post(`/api/gw${booking}`, {}, headers))).status).toBe(403);
    expect(upstream.asked).toEqual([]);
  });

  test("no origin at all is refused", async () => {
    const bare = new Request(`${site}/api/gw${booking}`, {
      method: "POST",
      body: "{}",
      headers: { host: "airside.test" },
    });
    expect((await forward(bare)).status).toBe(403);
  });

  test("our own pages write", async () => {
    expect((await forward(post(`/api/gw${booking}`, { flightId: 1 }))).status).toBe(200);
    expect(upstream.asked[0]?.body).toBe('{"flightId":1}');
  });

  test("reads need no origin", async () => {
    const bare = new Request(`${site}/api/gw/flightsService/api/v1/flight`, { headers: { host: "airside.test" } });
    expect((await forward(bare)).status).toBe(200);
  });
});

describe("headers", () => {
  test("what a browser says of its address, its rights and its cookies does not pass", async () => {
    const headers = {
      "x-forwarded-for": "1.2.3.4",
      forwarded: "for=1.2.3.4",
      "x-airside-client-address": "203.0.113.7",
      "x-user-id": "1",
      "x-request-timeout-ms": "1",
      authorization: "Bearer stolen",
      cookie: "other=1",
      "x-correlation-id": "abc",
      "x-idempotency-key": "key-1",
    };
    await forward(post(`/api/gw${booking}`, {}, headers));
    const seen = upstream.asked[0]?.headers ?? {};
    expect(seen["x-forwarded-for"]).toBe("203.0.113.7");
    expect(seen.authorization).toBeUndefined();
    expect(seen.cookie).toBeUndefined();
    expect(seen.forwarded).toBeUndefined();
    expect(seen["x-user-id"]).toBeUndefined();
    expect(seen["x-request-timeout-ms"]).toBeUndefined();
    expect(seen["x-correlation-id"]).toBe("abc");
    expect(seen["x-idempotency-key"]).toBe("key-1");
  });

  test("a cookie that is no token does not become a header", async () => {
    await forward(
      request("/api/gw/api/v1/me", { headers: { cookie: "airside-access=a b%0d%0ax: y; airside-refresh=<script>" } }),
    );
    expect(upstream.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("the gateway's cookies and hop-by-hop headers stay behind, its limits are passed on", async () => {
    upstream.answer = (_, response) =>
      json(
        response,
        429,
        {},
        { "set-cookie": "a=b", "x-powered-by": "x", "retry-after": "3", ratelimit: '"default";r=0;t=3' },
      );
    const answer = await forward(request("/api/gw/api/v1/me"));
    expect(answer.status).toBe(429);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.headers.get("x-powered-by")).toBeNull();
    expect(answer.headers.get("retry-after")).toBe("3");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });
});

describe("sessions", () => {
  const refreshed = (name: string) => ({
    success: true,
    data: { user: { id: 1 }, jwt: token(900, name), refreshToken: "next-refresh-token-0", expiresIn: 900 },
  });

  test("a fresh access token goes along", async () => {
    const access = token(600);
    await forward(request("/api/gw/api/v1/me", { headers: { cookie: `airside-access=${access}` } }));
    expect(upstream.asked[0]?.headers.authorization).toBe(`Bearer ${access}`);
  });

  test("requests side by side with an expired token refresh it once", async () => {
    upstream.answer = (asked, response) =>
      json(response, 200, asked.url.includes("refresh") ? refreshed("Eve") : { success: true, data: 1 });
    const cookie = `airside-access=${token(-5)}; airside-refresh=refresh-token-of-many`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => forward(request("/api/gw/api/v1/me", { headers: { cookie } }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(upstream.asked.filter(({ url }) => url.includes("refresh"))).toHaveLength(1);
    const cookies = answers[7]?.headers.getSetCookie() ?? [];
    expect(cookies).toHaveLength(2);
    for (const line of cookies)
      expect(line).toMatch(/^airside-(access|refresh)=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    // One that comes later with the old cookies gets the same new ones.
    await forward(request("/api/gw/api/v1/me", { headers: { cookie } }));
    expect(upstream.asked.filter(({ url }) => url.includes("refresh"))).toHaveLength(1);
  });

  test("a token that was taken back is refreshed, and the same body sent again", async () => {
    upstream.answer = (asked, response) => {
      if (asked.url.includes("refresh")) return json(response, 200, refreshed("New role"));
      const isOld = asked.headers.authorization === `Bearer ${revoked}`;
      return json(response, isOld ? 401 : 201, { success: !isOld });
    };
    const revoked = token(600, "Old role");
    const cookie = `airside-access=${revoked}; airside-refresh=refresh-token-after-revoke`;
    const answer = await forward(post(`/api/gw${booking}`, { flightId: 7 }, { cookie }));
    expect(answer.status).toBe(201);
    expect(upstream.asked.filter(({ url }) => url === booking).map(({ body }) => body)).toEqual([
      '{"flightId":7}',
      '{"flightId":7}',
    ]);
  });

  test("a session that is over is forgotten", async () => {
    upstream.answer = (_, response) => json(response, 401, { code: "UNAUTHENTICATED" });
    const cookie = `airside-access=${token(-5)}; airside-refresh=refresh-token-that-is-over`;
    const answer = await forward(request("/api/gw/api/v1/me", { headers: { cookie } }));
    expect(answer.status).toBe(401);
    expect(answer.headers.getSetCookie().every((line) => line.includes("Max-Age=0"))).toBe(true);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
  });

  test("a session that cannot be renewed right now is kept", async () => {
    upstream.answer = (_, response) => json(response, 503, { code: "UPSTREAM_DOWN" });
    const cookie = `airside-access=${token(-5)}; airside-refresh=refresh-token-while-down`;
    const answer = await forward(request("/api/gw/api/v1/me", { headers: { cookie } }));
    expect(answer.status).toBe(503);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("signing in gives cookies, and no token to scripts", async () => {
    const access = token(900);
    const data = { user: { id: 1, name: "Ada" }, jwt: access, refreshToken: "a-refresh-token-of-ada", expiresIn: 900 };
    upstream.answer = (_, response) => json(response, 200, { success: true, message: "ok", data });
    const answer = await openSession(post("/api/session/signin", {}), { method: "POST", target: "/api/v1/signin" });
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    const text = await answer.text();
    expect(JSON.parse(text)).toEqual({ success: true, message: "ok", data: data.user });
    expect(text).not.toContain(access);
    expect(text).not.toContain("a-refresh-token-of-ada");
  });

  test.each([
    ["erased", 200, undefined, 2],
    ["blocked, which ends the sessions too", 409, "ERASURE_BLOCKED", 2],
    ["not begun, for the last administrator", 409, "IN_USE", 0],
    ["not begun, for a wrong password", 422, "VALIDATION", 0],
  ])("an account is %s", async (_, status, code, forgotten) => {
    upstream.answer = (_, response) => json(response, status, { code });
    const answer = await endSession(post("/api/session/erase", {}), { method: "DELETE", target: "/api/v1/me" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ code });
    expect(answer.headers.getSetCookie().filter((line) => line.includes("Max-Age=0"))).toHaveLength(forgotten);
  });

  test("another site cannot sign somebody in", async () => {
    const answer = await openSession(post("/api/session/signin", {}, { origin: "http://evil.test" }), {
      method: "POST",
      target: "/api/v1/signin",
    });
    expect(answer.status).toBe(403);
    expect(upstream.asked).toEqual([]);
  });
});
