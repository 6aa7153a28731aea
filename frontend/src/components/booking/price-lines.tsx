import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import { money } from "@/lib/format/money";
import type { Locale } from "@/lib/preferences";

export interface PriceLine {
  label: string;
  seats: number;
  /** Minor units. */
  unitPrice: number;
}

interface Props {
  lines: PriceLine[];
  total: number;
  currency: string;
  locale: Locale;
  t: Dictionary["booking"];
}

/** How the total comes about. */
export function PriceLines({ lines, total, currency, locale, t }: Props) {
  return (
    <dl className="grid gap-1.5">
      {lines.map(({ label, seats, unitPrice }) => (
        <div key={label} className="flex flex-wrap justify-between gap-x-4 text-13">
          <dt className="figures text-muted">{label}</dt>
          <dd className="figures">{fill(t.seatsAt, { count: seats, price: money(locale, unitPrice, currency) })}</dd>
        </div>
      ))}
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-t pt-2">
        <dt className="font-strong">{t.totalLabel}</dt>
        <dd className="figures text-21 font-strong">{money(locale, total, currency)}</dd>
      </div>
    </dl>
  );
}
