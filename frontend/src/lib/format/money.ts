import type { Locale } from "@/lib/preferences";
import { localeTag } from "./locale";

/** Minor units as people read them: 17800 USD is $178.00, 17800 JPY is ¥17,800. */
export function money(locale: Locale, minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat(localeTag(locale), { style: "currency", currency });
  return format.format(minorUnits / 10 ** minorDigits(currency));
}

/** How many digits of an amount are minor units: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** What somebody typed ("178", "178.5", "178,50") in minor units; nothing if it is no amount. */
export function toMinorUnits(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  return fraction.length > digits ? undefined : Number(whole + fraction.padEnd(digits, "0"));
}

/** Minor units as a form shows them: 17850 USD is 178.50. */
export function fromMinorUnits(minorUnits: number, currency: string): string {
  const digits = minorDigits(currency);
  return (minorUnits / 10 ** digits).toFixed(digits);
}
