import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import { readSessionCookies } from "@/lib/bff/cookies";
import { clientOf } from "@/lib/bff/headers";
import { readClaims, type Claims } from "@/lib/bff/tokens";
import { gatewayUrl } from "@/lib/config";
import { toFailure, unreachable, type Failure } from "./problem";
import type { Envelope, List } from "./types";

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** How long a page waits for the gateway. */
const TIMEOUT_MS = 14_000;

type Query = Record<string, string | number | undefined>;

/** Who the page is rendered for; src/proxy.ts has refreshed what had expired. */
export const viewer = cache(async (): Promise<Claims | undefined> => {
  const { access } = readSessionCookies((await headers()).get("cookie"));
  return readClaims(access);
});

/** GET of one thing, as the viewer. */
export async function getOne<T>(path: string): Promise<Result<T>> {
  const result = await get<Envelope<T>>(path, {});
  return result.ok ? { ok: true, value: result.value.data } : result;
}

/** GET of a page of a list, as the viewer. */
export async function getList<T>(path: string, query: Query = {}): Promise<Result<List<T>>> {
  return get<List<T>>(path, query);
}

/** All of a list, page by page, up to `most`; for lists that are known to be short. */
export async function getAll<T>(path: string, query: Query = {}, most = 1000): Promise<Result<T[]>> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await getList<T>(path, { ...query, limit: 100, cursor });
    if (!page.ok) return page;
    all.push(...page.value.data);
    cursor = page.value.page.next ?? undefined;
  } while (cursor !== undefined && all.length < most);
  return { ok: true, value: all };
}

/** Whether something answers the viewer at a path. */
export async function answers(path: string): Promise<boolean> {
  return (await get<unknown>(path, {})).ok;
}

async function get<T>(path: string, query: Query): Promise<Result<T>> {
  const incoming = await headers();
  const { access } = readSessionCookies(incoming.get("cookie"));
  const client = clientOf(incoming);
  const outgoing = new Headers({ accept: "application/json" });
  if (access !== undefined) outgoing.set("authorization", `Bearer ${access}`);
  if (client !== undefined) outgoing.set("x-forwarded-for", client);
  try {
    const answer = await fetch(gatewayUrl + path + queryString(query), {
      headers: outgoing,
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return { ok: true, value: body as T };
    return { ok: false, failure: toFailure(answer.status, body, answer.headers.get("retry-after")) };
  } catch {
    return { ok: false, failure: unreachable };
  }
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return search.size > 0 ? `?${search}` : "";
}
