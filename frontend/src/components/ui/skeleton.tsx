import clsx from "clsx";

/** Holds the place of what is being loaded, in its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={clsx("animate-breathe rounded-card bg-sunk", className)} />;
}

/** As many tickets as a list is likely to have. */
export function TicketSkeletons({ count, label }: { count: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-4">
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className="h-72 md:h-40" />
      ))}
    </div>
  );
}
