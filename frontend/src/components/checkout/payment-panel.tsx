"use client";

import { useState } from "react";
import { SubmitButton } from "@/components/form/submit-button";
import { ConfirmedChange, type DialogTexts } from "@/components/ui/confirmed-change";
import { Notice } from "@/components/ui/notice";
import { useText } from "@/components/text-provider";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import { failureText } from "@/lib/api/problem";
import { paths } from "@/lib/api/paths";
import type { Booking } from "@/lib/api/types";
import type { PaymentToken } from "@/lib/checkout/attempts";
import { useSecondsLeft } from "@/lib/checkout/server-clock";
import { money } from "@/lib/format/money";
import { HoldClock } from "./hold-clock";
import { PaymentState } from "./payment-state";
import { TestCards } from "./test-cards";
import { usePayment } from "./use-payment";

interface Props {
  booking: Booking & { currency: string };
  searchAgain: string;
  t: Dictionary["checkout"];
  dialog: DialogTexts;
}

/** Paying: one attempt at a time, and for each end of it something to do. */
export function PaymentPanel({ booking, searchAgain, t, dialog }: Props) {
  const { locale, errors } = useText();
  const [card, setCard] = useState<PaymentToken>("tok_success");
  const { phase, failure, pay, resume } = usePayment(booking);
  const secondsLeft = useSecondsLeft(booking.expiresAt);
  const price = money(locale, booking.totalCost, booking.currency);
  const canPay = ["ready", "declined", "notTaken", "refused", "paying"].includes(phase);
  const hasExpired = phase === "expired" || (canPay && phase !== "paying" && secondsLeft === 0);

  if (hasExpired || !canPay) {
    // Told to wait is not the same as no answer: then the reason is known.
    const reason = failure !== undefined && failure.status < 500 ? failureText(failure, errors) : undefined;
    return (
      <PaymentState
        phase={hasExpired ? "expired" : phase}
        reason={reason}
        searchAgain={searchAgain}
        onResume={resume}
        t={t}
      />
    );
  }
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr] lg:items-start">
      <div className="lg:col-start-2">
        <HoldClock secondsLeft={secondsLeft} t={t} />
      </div>
      <form
        method="post"
        className="grid gap-5 rounded-card border bg-card p-5 sm:p-6 lg:col-start-1 lg:row-span-2 lg:row-start-1"
        onSubmit={(event) => {
          event.preventDefault();
          void pay(card);
        }}
      >
        {(phase === "declined" || phase === "notTaken") && (
          <Notice tone="bad" live>
            {t[phase]}
          </Notice>
        )}
        {phase === "refused" && failure !== undefined && (
          <Notice tone="bad" live>
            {failureText(failure, errors)}
          </Notice>
        )}
        <TestCards chosen={card} onChoose={setCard} disabled={phase === "paying"} t={t} />
        <SubmitButton isPending={phase === "paying"} pendingText={t.paying}>
          {fill(t.pay, { price })}
        </SubmitButton>
      </form>
      <div className="grid lg:col-start-2">
        <ConfirmedChange
          look="secondary"
          label={t.cancelHold}
          texts={{ ...dialog, title: fill(dialog.title, { reference: booking.reference }) }}
          path={paths.cancel(booking.id)}
          method="POST"
          goTo="/trips"
        />
      </div>
    </div>
  );
}
