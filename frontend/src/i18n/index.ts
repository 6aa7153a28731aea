import "server-only";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { LOCALE_COOKIE, isLocale, preferredLocale, type Locale } from "@/lib/preferences";
import { de } from "./de";
import { en, type Dictionary } from "./en";

export type { Dictionary };

const dictionaries: Record<Locale, Dictionary> = { en, de };

/** The reader's language: what they chose, else what their browser asks for. */
export const currentLocale = cache(async (): Promise<Locale> => {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value;
  return isLocale(chosen) ? chosen : preferredLocale((await headers()).get("accept-language"));
});

export async function dictionary(): Promise<Dictionary> {
  return dictionaries[await currentLocale()];
}
