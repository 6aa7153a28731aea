import type { Outcome } from "@/lib/api/client";
import type { Booking } from "@/lib/api/types";

/** What an answer to a payment means for whoever waits for it. */
export type Verdict = "paid" | "pending" | "declined" | "notTaken" | "unknown" | "expired" | "refused" | "signedOut";

const stillRunning = new Set(["PAYMENT_IN_PROGRESS", "IDEMPOTENCY_IN_PROGRESS"]);
const ended = new Set(["BOOKING_EXPIRED", "BOOKING_ENDED"]);
const settled = new Set<Verdict>(["paid", "declined", "notTaken", "expired", "refused"]);

export function verdictOf(outcome: Outcome<Booking>): Verdict {
  if (outcome.ok) return outcome.data.status === "BOOKED" ? "paid" : "pending";
  const { status, code } = outcome.failure;
  if (status === 402) return "declined";
  if (status === 401) return "signedOut";
  if (code === "ALREADY_PAID") return "paid";
  if (stillRunning.has(code)) return "pending";
  if (ended.has(code)) return "expired";
  // Too many requests, not ready: not even tried. 5xx, no answer: nobody knows.
  if (status >= 500 || status === 429 || status === 408 || code === "BOOKING_NOT_READY") return "unknown";
  return "refused";
}

/** Whether the key of the payment has done its work: its answer is known, or it was never taken. */
export function isSettled(verdict: Verdict): boolean {
  return settled.has(verdict);
}

/** What became of a payment, by the booking; whether the bank said no or never heard of it is not in there. */
export function verdictOfBooking({ status }: Booking): Verdict {
  if (status === "BOOKED") return "paid";
  if (status === "PENDING") return "pending";
  return status === "CANCELLED" ? "expired" : "notTaken";
}
