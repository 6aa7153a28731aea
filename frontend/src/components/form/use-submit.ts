"use client";

import { useState, type FormEvent } from "react";
import { useText } from "@/components/text-provider";
import type { Outcome } from "@/lib/api/client";
import { failureText, fieldErrors, type Failure } from "@/lib/api/problem";
import type { Check, FormValues } from "@/lib/fields";
import { signInPath } from "@/lib/safe-path";

export interface Submission<T> {
  /** What is wrong with each field, by name. */
  errors: Record<string, string>;
  /** Why it was not done, in words. */
  problem?: string;
  failure?: Failure;
  isPending: boolean;
  /** What the last successful submission answered. */
  done?: T;
}

interface Options<V, T> {
  send: (values: V, event: FormEvent<HTMLFormElement>) => Promise<Outcome<T>>;
  onDone?: (data: T) => void;
  /** What a failure means here, where the usual words do not fit. */
  explain?: (failure: Failure) => string | undefined;
  /** Whether 401 is said here, instead of going to the sign-in page and coming back. */
  staysOn401?: boolean;
}

/** A form from its fields to the answer: checked here, sent, and what went wrong put where it belongs. */
export function useSubmit<V, T>(check: Check<V>, { send, onDone, explain, staysOn401 }: Options<V, T>) {
  const { errors: texts } = useText();
  const [state, setState] = useState<Submission<T>>({ errors: {}, isPending: false });

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (state.isPending) return;
    const form = event.currentTarget;
    const checked = check(formValues(form));
    if (!checked.ok) {
      setState({ errors: checked.errors, isPending: false });
      return focusFirst(form, checked.errors);
    }
    setState({ errors: {}, isPending: true });
    const outcome = await send(checked.values, event);
    if (outcome.ok) {
      setState({ errors: {}, isPending: false, done: outcome.data });
      return onDone?.(outcome.data);
    }
    const { failure } = outcome;
    if (failure.status === 401 && !staysOn401) return signInAgain();
    const errors = fieldErrors(failure, texts);
    setState({ errors, problem: explain?.(failure) ?? failureText(failure, texts), failure, isPending: false });
    focusFirst(form, errors);
  }

  return { ...state, onSubmit };
}

/** The session is over: sign in, and come back to this very place. */
export function signInAgain(): void {
  const { pathname, search } = window.location;
  window.location.assign(signInPath(pathname + search));
}

/** The fields of a form; `passengers.0.surname` goes into a list of passengers. */
export function formValues(form: HTMLFormElement): FormValues {
  const values: FormValues = {};
  for (const [name, value] of new FormData(form)) {
    const [list, index, field] = name.split(".");
    if (list === undefined || index === undefined || field === undefined) values[name] = value;
    else {
      const rows = (values[list] ??= []) as Record<string, unknown>[];
      (rows[Number(index)] ??= {})[field] = value;
    }
  }
  return values;
}

function focusFirst(form: HTMLFormElement, errors: Record<string, string>): void {
  const wrong = [...form.elements].find(
    (element) => element instanceof HTMLElement && (element.getAttribute("name") ?? "") in errors,
  );
  if (wrong instanceof HTMLElement) wrong.focus();
}
