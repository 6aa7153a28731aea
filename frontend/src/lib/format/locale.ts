import type { Locale } from "@/lib/preferences";

const tags: Record<Locale, string> = { en: "en-US", de: "de-DE" };

/** The language tag by which Intl formats. */
export function localeTag(locale: Locale): string {
  return tags[locale];
}

/** A country's name by its ISO 3166 code. */
export function countryName(locale: Locale, code: string): string {
  try {
    return new Intl.DisplayNames(localeTag(locale), { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
