import Link from "next/link";
import type { Dictionary } from "@/i18n/en";

interface Props<T extends string> {
  statuses: readonly T[];
  chosen: T | undefined;
  t: Dictionary["trips"];
}

export function TripFilter<T extends keyof Dictionary["trips"]["filters"]>({ statuses, chosen, t }: Props<T>) {
  const options = [{ href: "/trips", label: t.filters.all, isChosen: chosen === undefined }].concat(
    statuses.map((status) => ({
      href: `/trips?status=${status}`,
      label: t.filters[status],
      isChosen: status === chosen,
    })),
  );
  return (
    <nav aria-label={t.filter} className="mb-6 flex flex-wrap gap-2">
      {options.map(({ href, label, isChosen }) => (
        <Link
          key={href}
          href={href}
          aria-current={isChosen ? "true" : undefined}
          className="inline-flex target items-center rounded-full border border-edge px-4 font-medium hover:bg-sunk aria-[current=true]:border-ink aria-[current=true]:bg-ink aria-[current=true]:text-paper"
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
