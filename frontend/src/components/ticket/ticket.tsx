import clsx from "clsx";
import type { ReactNode } from "react";

interface Props {
  /** What hangs on the perforation: price and action. */
  stub: ReactNode;
  children: ReactNode;
  label?: string;
  className?: string;
}

/** The one card of the site: a result, a trip and a receipt are boarding passes. */
export function Ticket({ stub, children, label, className }: Props) {
  return (
    <article aria-label={label} className={clsx("ticket", className)}>
      <div className="ticket-body grid content-center gap-5">{children}</div>
      <div className="ticket-stub flex flex-col justify-center gap-3">{stub}</div>
    </article>
  );
}
