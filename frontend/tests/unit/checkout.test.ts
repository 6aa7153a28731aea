import { describe, expect, test } from "vitest";
import type { Booking } from "@/lib/api/types";
import { beginAttempt, endAttempt, endHold, holdKey, parseAttempt, storedAttempt } from "@/lib/checkout/attempts";
import { isSettled, verdictOf, verdictOfBooking } from "@/lib/checkout/outcome";

function store() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

describe("the key of a payment", () => {
  test("is the same over retries and reloads, with the card that it was begun with", () => {
    const browser = store();
    const first = beginAttempt(browser, 1, "tok_timeout_charged");
    expect(beginAttempt(browser, 1, "tok_success")).toEqual(first);
    expect(parseAttempt(storedAttempt(browser, 1))).toEqual(first);
  });

  test("is another one for another booking, and once the outcome is known", () => {
    const browser = store();
    const first = beginAttempt(browser, 1, "tok_declined");
    expect(beginAttempt(browser, 2, "tok_declined").key).not.toBe(first.key);
    endAttempt(browser, 1);
    expect(beginAttempt(browser, 1, "tok_success").key).not.toBe(first.key);
  });

  test("is forgotten after a day, as the gateway forgets it", () => {
    const stored = JSON.stringify({ key: "k", paymentToken: "tok_success", at: 0 });
    expect(parseAttempt(stored, 23 * 3_600_000)?.key).toBe("k");
    expect(parseAttempt(stored, 25 * 3_600_000)).toBeUndefined();
    expect(parseAttempt("{broken")).toBeUndefined();
  });

  test("of a hold is the same for the same wish", () => {
    const browser = store();
    const key = holdKey(browser, "two seats");
    expect(holdKey(browser, "two seats")).toBe(key);
    expect(holdKey(browser, "three seats")).not.toBe(key);
    endHold(browser, "two seats");
    expect(holdKey(browser, "two seats")).not.toBe(key);
  });
});

describe("what an answer to a payment means", () => {
  const booking = (status: string) => ({ status }) as Booking;
  const refused = (status: number, code: string) => verdictOf({ ok: false, failure: { status, code, detail: "" } });

  test.each([
    ["paid", verdictOf({ ok: true, status: 200, data: booking("BOOKED") })],
    ["pending", verdictOf({ ok: true, status: 202, data: booking("PENDING") })],
    ["declined", refused(402, "PAYMENT_DECLINED")],
    ["paid", refused(409, "ALREADY_PAID")],
    ["pending", refused(409, "PAYMENT_IN_PROGRESS")],
    ["pending", refused(409, "IDEMPOTENCY_IN_PROGRESS")],
    ["expired", refused(409, "BOOKING_EXPIRED")],
    ["refused", refused(422, "AMOUNT_MISMATCH")],
    ["signedOut", refused(401, "UNAUTHENTICATED")],
    ["unknown", refused(503, "UPSTREAM_DOWN")],
    ["unknown", refused(504, "UPSTREAM_TIMEOUT")],
    ["unknown", refused(429, "RATE_LIMITED")],
  ])("%s", (expected, verdict) => expect(verdict).toBe(expected));

  test("only a known outcome frees the key", () => {
    expect((["paid", "declined", "notTaken", "expired", "refused"] as const).every(isSettled)).toBe(true);
    expect((["pending", "unknown", "signedOut"] as const).some(isSettled)).toBe(false);
  });

  test("a pending payment ends as the booking says", () => {
    expect(["BOOKED", "INITIATED", "CANCELLED", "PENDING"].map((status) => verdictOfBooking(booking(status)))).toEqual([
      "paid",
      "notTaken",
      "expired",
      "pending",
    ]);
  });
});
