import type { Dictionary } from "@/i18n/en";

/** What a form says, by the names of its fields; fields of a list are in rows. */
export type FormValues = Record<string, unknown>;

/** The values of a form, or what is wrong with each field. */
export type Checked<V> = { ok: true; values: V } | { ok: false; errors: Record<string, string> };

/** Looks at a form before it is sent. The gateway looks again, and has the last word. */
export type Check<V> = (values: FormValues) => Checked<V>;

/** Says what is wrong with a field, if anything is. */
export type Rule = (text: string) => string | undefined;

type Texts = Dictionary["auth"];

/** A form of text fields, each with its rule. Passwords are taken as they are, all else is trimmed. */
export function checkFields<K extends string>(rules: Record<K, Rule>): Check<Record<K, string>> {
  return (given) => {
    const values = {} as Record<K, string>;
    const errors: Record<string, string> = {};
    for (const name of Object.keys(rules) as K[]) {
      const text = String(given[name] ?? "");
      values[name] = /password/i.test(name) ? text : text.trim();
      const problem = rules[name](values[name]);
      if (problem !== undefined) errors[name] = problem;
    }
    return Object.keys(errors).length === 0 ? { ok: true, values } : { ok: false, errors };
  };
}

/** A form whose fields only the gateway knows the rules of. */
export const unchecked: Check<FormValues> = (values) => ({ ok: true, values });

export const anything: Rule = () => undefined;

export function matching(pattern: RegExp, problem: string): Rule {
  return (text) => (pattern.test(text) ? undefined : problem);
}

export const emailRule = (t: Texts) => matching(/^[^\s@]+@[^\s@]+$/, t.invalidEmail);
export const newPasswordRule = (t: Texts) => matching(/^.{8,256}$/su, t.shortPassword);
export const filledRule = (problem: string) => matching(/\S/, problem);
