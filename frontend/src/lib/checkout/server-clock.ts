"use client";

import { useSyncExternalStore } from "react";

/** Whole seconds until an instant, by the server's clock; nothing before the page is alive. */
export function useSecondsLeft(instant: string): number | undefined {
  const now = useSyncExternalStore<number | undefined>(everySecond, serverSecond, () => undefined);
  return now === undefined ? undefined : Math.max(0, Math.ceil(Date.parse(instant) / 1000) - now);
}

function everySecond(changed: () => void): () => void {
  const timer = setInterval(changed, 250);
  return () => clearInterval(timer);
}

function serverSecond(): number {
  return Math.floor((Date.now() + skew()) / 1000);
}

let measured: number | undefined;

/** How far the server's clock is ahead of this one: the document says when it was rendered. Milliseconds. */
function skew(): number {
  if (measured === undefined) {
    const rendered = Number(document.documentElement.dataset.now);
    const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const arrived = performance.timeOrigin + (navigation?.responseStart ?? 0);
    measured = Number.isFinite(rendered) && navigation !== undefined ? rendered - arrived : 0;
  }
  return measured;
}
