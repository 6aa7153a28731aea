import clsx from "clsx";
import Link from "next/link";
import type { ComponentProps } from "react";

type Look = "primary" | "secondary" | "quiet" | "danger";

const base =
  "target inline-flex items-center justify-center gap-2 rounded-control py-2 text-center font-strong no-underline transition-colors disabled:cursor-not-allowed disabled:opacity-60";

const looks: Record<Look, string> = {
  primary: "px-5 bg-amber text-on-amber hover:bg-amber-strong",
  secondary: "px-5 border border-edge bg-card text-ink hover:bg-sunk",
  quiet: "px-3 text-sky hover:bg-sky-soft",
  danger: "px-5 bg-bad text-on-bad hover:opacity-90",
};

/** One primary button a screen: what the reader came for. */
export function Button({ look = "secondary", className, ...props }: ComponentProps<"button"> & { look?: Look }) {
  return <button type="button" className={clsx(base, looks[look], className)} {...props} />;
}

export function ButtonLink({ look = "secondary", className, ...props }: ComponentProps<typeof Link> & { look?: Look }) {
  return <Link className={clsx(base, looks[look], className)} {...props} />;
}
