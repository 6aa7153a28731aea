import { Ticket } from "@/components/ticket/ticket";
import { ButtonLink } from "@/components/ui/button";
import { TextWithTime } from "@/components/local-time";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import type { Booking } from "@/lib/api/types";
import { money } from "@/lib/format/money";
import type { Locale } from "@/lib/preferences";
import { BookingLegs } from "./booking-legs";
import { Reference } from "./reference";
import { StatusBadge } from "./status-badge";

interface Props {
  booking: Booking;
  locale: Locale;
  t: Dictionary["trips"];
}

/** A trip in the list. */
export function TripTicket({ booking, locale, t }: Props) {
  const { id, reference, status, totalCost, currency, expiresAt } = booking;
  return (
    <Ticket
      label={fill(t.tripTo, { reference })}
      stub={
        <>
          <div className="flex flex-wrap items-start justify-between gap-3">
            <Reference label={t.reference} reference={reference} />
            <StatusBadge status={status} t={t} />
          </div>
          {currency !== null && <p className="figures text-17">{money(locale, totalCost, currency)}</p>}
          {status === "INITIATED" && (
            <p className="text-13 text-muted">
              <TextWithTime text={t.heldUntil} instant={expiresAt} />
            </p>
          )}
          {status === "INITIATED" || status === "PENDING" ? (
            <ButtonLink look="primary" href={`/checkout/${id}`} prefetch={false}>
              {status === "PENDING" ? t.followPayment : t.pay}
            </ButtonLink>
          ) : (
            <ButtonLink href={`/trips/${id}`} prefetch={false} aria-label={`${t.open} ${reference}`}>
              {t.open}
            </ButtonLink>
          )}
        </>
      }
    >
      <BookingLegs booking={booking} />
    </Ticket>
  );
}
