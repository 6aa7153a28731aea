import { CreditCard } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import type { PaymentToken } from "@/lib/checkout/attempts";

interface Props {
  chosen: PaymentToken;
  onChoose: (card: PaymentToken) => void;
  disabled: boolean;
  t: Dictionary["checkout"];
}

/** The sandbox's cards, each with what it does. */
export function TestCards({ chosen, onChoose, disabled, t }: Props) {
  return (
    <fieldset disabled={disabled} className="grid gap-3">
      <legend className="mb-3 text-21 font-strong">{t.method}</legend>
      <Notice tone="info">{t.sandbox}</Notice>
      {(Object.keys(t.cards) as PaymentToken[]).map((card) => (
        <label
          key={card}
          className="flex cursor-pointer items-start gap-3 rounded-control border border-edge p-3 has-checked:border-sky has-checked:bg-sky-soft has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-sky"
        >
          <input
            type="radio"
            name="card"
            value={card}
            checked={card === chosen}
            onChange={() => onChoose(card)}
            aria-describedby={`${card}-text`}
            aria-labelledby={`${card}-name`}
            className="mt-1 size-5 shrink-0 accent-sky"
          />
          <span className="min-w-0 flex-1">
            <span id={`${card}-name`} className="block font-strong">
              {t.cards[card].name}
            </span>
            <span id={`${card}-text`} className="block text-13 text-muted">
              {t.cards[card].text}
            </span>
          </span>
          <CreditCard size={20} aria-hidden="true" className="mt-0.5 shrink-0 text-muted" />
        </label>
      ))}
    </fieldset>
  );
}
