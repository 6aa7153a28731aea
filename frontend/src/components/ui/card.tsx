import clsx from "clsx";
import type { ComponentProps } from "react";

export function Card({ className, ...props }: ComponentProps<"section">) {
  return <section className={clsx("rounded-card border bg-card p-5 sm:p-6", className)} {...props} />;
}
