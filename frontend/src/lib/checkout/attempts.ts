import type { PayBooking } from "@/lib/api/types";

export type PaymentToken = NonNullable<PayBooking["paymentToken"]>;

/** A payment that was begun and whose end is not known here. Sent again it is the same payment. */
export interface Attempt {
  key: string;
  paymentToken: PaymentToken;
  /** Milliseconds since 1970. */
  at: number;
}

type KeyStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The gateway keeps keys for a day; so long they are worth keeping here. */
const KEPT_MS = 24 * 60 * 60 * 1000;

const nameOf = (bookingId: number) => `airside.payment.${bookingId}`;

/** What is written down of an attempt for a booking, as it is written. */
export function storedAttempt(store: KeyStore, bookingId: number): string | null {
  return store.getItem(nameOf(bookingId));
}

/** Reads what `storedAttempt` gave. */
export function parseAttempt(stored: string | null, now = Date.now()): Attempt | undefined {
  try {
    const attempt = JSON.parse(stored ?? "null") as Attempt | null;
    return attempt !== null && typeof attempt.key === "string" && now - attempt.at < KEPT_MS ? attempt : undefined;
  } catch {
    return undefined;
  }
}

/** The attempt that is under way for a booking, or a new one. Written down before anything is sent. */
export function beginAttempt(store: KeyStore, bookingId: number, paymentToken: PaymentToken): Attempt {
  const running = parseAttempt(storedAttempt(store, bookingId));
  if (running !== undefined) return running;
  const attempt = { key: newKey(), paymentToken, at: Date.now() };
  store.setItem(nameOf(bookingId), JSON.stringify(attempt));
  return attempt;
}

/** The outcome is known: the next payment is another one. */
export function endAttempt(store: KeyStore, bookingId: number): void {
  store.removeItem(nameOf(bookingId));
}

/** The key by which a hold is asked for: the same for the same wish, so that a second press asks for no other seats. */
export function holdKey(store: KeyStore, wish: string): string {
  const name = `airside.hold.${wish}`;
  const key = store.getItem(name) ?? newKey();
  store.setItem(name, key);
  return key;
}

export function endHold(store: KeyStore, wish: string): void {
  store.removeItem(`airside.hold.${wish}`);
}

/** 128 random bits; randomUUID is not there where a site is served without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The browser's storage, or memory where it is forbidden. */
export function browserStore(kind: "localStorage" | "sessionStorage"): KeyStore {
  try {
    return window[kind];
  } catch {
    return memory;
  }
}

const kept = new Map<string, string>();
const memory: KeyStore = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => void kept.set(name, value),
  removeItem: (name) => void kept.delete(name),
};
