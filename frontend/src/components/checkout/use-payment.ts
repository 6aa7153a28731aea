"use client";

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { signInAgain } from "@/components/form/use-submit";
import { change, type Outcome } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { Failure } from "@/lib/api/problem";
import type { Booking } from "@/lib/api/types";
import {
  beginAttempt,
  browserStore,
  endAttempt,
  parseAttempt,
  storedAttempt,
  type PaymentToken,
} from "@/lib/checkout/attempts";
import { isSettled, verdictOf, verdictOfBooking, type Verdict } from "@/lib/checkout/outcome";

export type Phase = "ready" | "paying" | "resume" | Verdict;

const LOOK_AGAIN_MS = 2000;

/** The payment of a booking, over declined cards, lost answers and reloads. */
export function usePayment(booking: Booking) {
  const [phase, setPhase] = useState<Phase>(booking.status === "PENDING" ? "pending" : "ready");
  const [failure, setFailure] = useState<Failure>();
  const stored = useStoredAttempt(booking.id);

  const settle = useCallback(
    (verdict: Verdict) => {
      if (isSettled(verdict)) endAttempt(browserStore("localStorage"), booking.id);
      if (verdict === "paid") return window.location.assign(`/confirmation/${booking.id}`);
      if (verdict === "signedOut") return signInAgain();
      setPhase(verdict);
    },
    [booking.id],
  );

  async function pay(card: PaymentToken) {
    if (phase === "paying") return;
    const attempt = beginAttempt(browserStore("localStorage"), booking.id, card);
    setPhase("paying");
    const outcome = await send(booking, attempt.key, attempt.paymentToken);
    setFailure(outcome.ok ? undefined : outcome.failure);
    settle(verdictOf(outcome));
  }

  usePendingOutcome(booking.id, phase === "pending", settle);

  const attempt = parseAttempt(stored);
  const isResumable = attempt !== undefined && phase === "ready";
  return {
    phase: isResumable ? ("resume" as const) : phase,
    failure,
    pay,
    /** The attempt that was begun, once more; its card is not to be chosen again. */
    resume: () => void pay(attempt?.paymentToken ?? "tok_success"),
  };
}

function send(booking: Booking, idempotencyKey: string, paymentToken: PaymentToken): Promise<Outcome<Booking>> {
  const body = { bookingId: booking.id, totalCost: booking.totalCost, paymentToken };
  return change<Booking>(paths.payments, { method: "POST", body, idempotencyKey });
}

/** What is written down of an attempt when the page comes alive, also by another tab. */
function useStoredAttempt(bookingId: number): string | null {
  return useSyncExternalStore(
    onStorage,
    () => storedAttempt(browserStore("localStorage"), bookingId),
    () => null,
  );
}

function onStorage(changed: () => void): () => void {
  window.addEventListener("storage", changed);
  return () => window.removeEventListener("storage", changed);
}

/** While a payment is pending, looks at the booking until it is not. */
function usePendingOutcome(bookingId: number, isPending: boolean, settle: (verdict: Verdict) => void): void {
  useEffect(() => {
    if (!isPending) return;
    const timer = setInterval(async () => {
      const outcome = await change<Booking>(paths.booking(bookingId), { method: "GET" });
      if (outcome.ok && outcome.data.status !== "PENDING") settle(verdictOfBooking(outcome.data));
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [bookingId, isPending, settle]);
}
