import { Timer } from "@/components/ui/icons";
import { useText } from "@/components/text-provider";
import type { Dictionary } from "@/i18n/en";
import { plural } from "@/i18n/text";

/** Minutes at which what is left is read out. */
const ANNOUNCED = [5, 1];

/** How long the seats are held. Said aloud twice, not every second. */
export function HoldClock({ secondsLeft, t }: { secondsLeft: number | undefined; t: Dictionary["checkout"] }) {
  const { locale } = useText();
  const minutes = secondsLeft === undefined ? undefined : Math.ceil(secondsLeft / 60);
  const announced = ANNOUNCED.findLast((mark) => minutes !== undefined && minutes <= mark);
  const isShort = announced !== undefined;
  return (
    <div
      className={`flex items-center gap-3 rounded-card border p-4 ${isShort ? "border-warn bg-warn-soft" : "bg-card"}`}
    >
      <Timer size={24} aria-hidden="true" className={isShort ? "text-warn" : "text-muted"} />
      <div>
        <p className="text-13 text-muted">{t.heldFor}</p>
        <p role="timer" aria-live="off" className="figures text-28 font-strong">
          {secondsLeft === undefined ? "--:--" : clockText(secondsLeft)}
        </p>
      </div>
      <p aria-live="polite" className="sr-only">
        {announced !== undefined && plural(locale, t.minutesLeft, announced)}
      </p>
    </div>
  );
}

function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
