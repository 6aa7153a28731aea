"use client";

import { createContext, use, type ReactNode } from "react";
import type { Dictionary } from "@/i18n/en";
import type { Locale } from "@/lib/preferences";

interface Text {
  locale: Locale;
  common: Dictionary["common"];
  errors: Dictionary["errors"];
}

const TextContext = createContext<Text | null>(null);

/** The texts that every part of the page may need; a screen's own come to its parts as props. */
export function TextProvider({ value, children }: { value: Text; children: ReactNode }) {
  return <TextContext value={value}>{children}</TextContext>;
}

export function useText(): Text {
  const text = use(TextContext);
  if (text === null) throw new Error("useText outside of a TextProvider");
  return text;
}
