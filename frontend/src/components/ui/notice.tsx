import clsx from "clsx";
import { CircleAlert, CircleCheck, Info, TriangleAlert, type IconComponent } from "./icons";
import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "info";

const tones: Record<Tone, { icon: IconComponent; style: string }> = {
  good: { icon: CircleCheck, style: "bg-good-soft text-good" },
  warn: { icon: TriangleAlert, style: "bg-warn-soft text-warn" },
  bad: { icon: CircleAlert, style: "bg-bad-soft text-bad" },
  info: { icon: Info, style: "bg-sky-soft text-sky" },
};

interface Props {
  tone: Tone;
  title?: string;
  children?: ReactNode;
  /** Read out when it appears: at once for what went wrong, politely otherwise. */
  live?: boolean;
}

export function Notice({ tone, title, children, live }: Props) {
  const { icon: Icon, style } = tones[tone];
  const role = live ? (tone === "bad" ? "alert" : "status") : undefined;
  return (
    <div role={role} className={clsx("flex gap-3 rounded-control px-4 py-3", style)}>
      <Icon size={20} aria-hidden="true" className="mt-0.5 shrink-0" />
      <div className="grid min-w-0 gap-2">
        {title !== undefined && <p className="font-strong">{title}</p>}
        {children !== undefined && <div className="text-ink">{children}</div>}
      </div>
    </div>
  );
}

/** A word with an icon, for the state of something. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { icon: Icon, style } = tones[tone];
  return (
    <span className={clsx("inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-13 font-medium", style)}>
      <Icon size={14} aria-hidden="true" />
      {children}
    </span>
  );
}
