"use client";

import type { AxiosInstance, AxiosRequestConfig } from "axios";
import { toFailure, unreachable, type Failure } from "./problem";
import type { Envelope } from "./types";

export type Outcome<T> = { ok: true; status: number; data: T } | { ok: false; failure: Failure };

/** A little more than the route handler waits for the gateway. Milliseconds. */
const TIMEOUT_MS = 20_000;

let client: Promise<AxiosInstance> | undefined;

/** Axios comes after the page is there: nobody changes anything in the first moment. */
function http(): Promise<AxiosInstance> {
  client ??= import("axios").then(({ default: axios }) =>
    axios.create({ timeout: TIMEOUT_MS, validateStatus: () => true, headers: { Accept: "application/json" } }),
  );
  return client;
}

if (typeof window !== "undefined") window.addEventListener("load", () => void http(), { once: true });

interface Change {
  method: "POST" | "PUT" | "PATCH" | "DELETE" | "GET";
  body?: unknown;
  idempotencyKey?: string;
}

/** Asks the gateway, through our route handler, to change something. */
export function change<T>(path: string, request: Change): Promise<Outcome<T>> {
  return send<T>(`/api/gw${path}`, request);
}

/** Opens, changes or ends the session; these answers set cookies. */
export function changeSession<T>(name: string, request: Change): Promise<Outcome<T>> {
  return send<T>(`/api/session/${name}`, request);
}

async function send<T>(url: string, { method, body, idempotencyKey }: Change): Promise<Outcome<T>> {
  const config: AxiosRequestConfig = { url, method, data: body };
  if (idempotencyKey !== undefined) config.headers = { "x-idempotency-key": idempotencyKey };
  try {
    const { status, data, headers } = await (await http()).request<Envelope<T>>(config);
    if (status >= 200 && status < 300) return { ok: true, status, data: data.data };
    return { ok: false, failure: toFailure(status, data, String(headers["retry-after"] ?? "")) };
  } catch {
    client = undefined;
    return { ok: false, failure: unreachable };
  }
}
