import type { Locale } from "@/lib/preferences";

/** Puts values where a text has {names}. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The form of a text for a count, which is put where it has {count}. */
export function plural(locale: Locale, forms: { one: string; other: string }, count: number): string {
  const form = new Intl.PluralRules(locale).select(count) === "one" ? forms.one : forms.other;
  return fill(form, { count });
}
