import type { Dictionary } from "@/i18n/en";
import type { Problem } from "./types";

/** Why something was not done, whoever said so. */
export type Failure = Pick<Problem, "status" | "code" | "detail" | "errors"> & {
  /** Seconds after which it is worth another try. */
  retryAfter?: number;
};

export const unreachable: Failure = { status: 503, code: "UPSTREAM_DOWN", detail: "unreachable" };

/** A failure out of any body: what is not a problem still has a status. */
export function toFailure(status: number, body: unknown, retryAfter?: string | null): Failure {
  const seconds = Number(retryAfter ?? NaN);
  const known = isProblem(body) ? body : { status, code: codeOf(status), detail: "" };
  return { ...known, status, retryAfter: Number.isFinite(seconds) ? seconds : undefined };
}

/** A failure in the reader's words; what we have no words for, in the service's. */
export function failureText(failure: Failure, t: Dictionary["errors"]): string {
  const texts: Partial<Record<string, string>> = t.codes;
  const text = failure.code === "VALIDATION" && failure.errors?.length ? t.fields : texts[failure.code];
  return text ?? (failure.detail || t.unknown);
}

/** What is wrong with each field, by the name that forms give it: `items.0.noOfSeats`. */
export function fieldErrors(failure: Failure, t: Dictionary["errors"]): Record<string, string> {
  const rules: Partial<Record<string, string>> = t.rules;
  const named = (field: string) => field.replace(/\[(\d+)\]/g, ".$1");
  return Object.fromEntries(
    (failure.errors ?? []).map((error) => [named(error.field), rules[error.code] ?? error.message]),
  );
}

export function isAway(failure: Failure): boolean {
  return failure.status === 503 || failure.status === 504 || failure.status === 502;
}

function codeOf(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  return status >= 500 ? "INTERNAL" : "MALFORMED";
}

function isProblem(body: unknown): body is Problem {
  const problem = body as Partial<Problem> | null;
  return typeof problem === "object" && typeof problem?.code === "string" && typeof problem.detail === "string";
}
