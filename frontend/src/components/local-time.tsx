"use client";

import { useSyncExternalStore } from "react";
import { useText } from "@/components/text-provider";
import { instantText } from "@/lib/format/time";

/** An instant in the reader's own time zone; in UTC until the page is alive. */
export function LocalTime({ instant }: { instant: string }) {
  const { locale } = useText();
  const timeZone = useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
  return <time dateTime={instant}>{instantText(locale, instant, timeZone)}</time>;
}

/** A text with an instant where it says {time}. */
export function TextWithTime({ text, instant }: { text: string; instant: string }) {
  const [before, after] = text.split("{time}");
  return (
    <>
      {before}
      <LocalTime instant={instant} />
      {after}
    </>
  );
}

function never(): () => void {
  return () => undefined;
}
