import { CircleSlash, TimerOff } from "@/components/ui/icons";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { PriceLines } from "@/components/booking/price-lines";
import { Steps } from "@/components/booking/steps";
import { PaymentPanel } from "@/components/checkout/payment-panel";
import { BookingLegs } from "@/components/trips/booking-legs";
import { Ticket } from "@/components/ticket/ticket";
import { ButtonLink } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { State } from "@/components/ui/state";
import { currentLocale, dictionary } from "@/i18n";
import { bookingOf } from "@/lib/api/booking";
import type { Booking } from "@/lib/api/types";
import { sameTripUrl } from "@/lib/checkout/same-trip";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).checkout.title, robots: { index: false } };
}

export default async function CheckoutPage({ params }: PageProps<"/checkout/[id]">) {
  const { id } = await params;
  const [locale, t, found] = await Promise.all([currentLocale(), dictionary(), bookingOf(id, `/checkout/${id}`)]);
  if (!found.ok) {
    if (found.failure.status === 404) notFound();
    return <FailureState as="h1" failure={found.failure} />;
  }
  const booking = found.value;
  if (booking.status === "BOOKED") redirect(`/confirmation/${booking.id}`);
  if (booking.status === "CANCELLED") return <Ended booking={booking} />;
  const { currency } = booking;
  if (currency === null)
    return <FailureState as="h1" failure={{ status: 409, code: "BOOKING_NOT_READY", detail: "" }} />;
  const lines = booking.items.map(({ flightId, flight, noOfSeats, unitPrice }) => ({
    label: flight?.flightNumber ?? String(flightId),
    seats: noOfSeats,
    unitPrice: unitPrice ?? 0,
  }));
  return (
    <>
      <Steps steps={t.booking.steps} current={2} label={t.booking.stepsLabel} />
      <PageTitle
        title={t.checkout.title}
        lead={<Reference label={t.trips.reference} reference={booking.reference} />}
      />
      <div className="grid gap-6">
        <Ticket
          stub={
            <PriceLines lines={lines} total={booking.totalCost} currency={currency} locale={locale} t={t.booking} />
          }
        >
          <BookingLegs booking={booking} />
        </Ticket>
        <PaymentPanel
          booking={{ ...booking, currency }}
          searchAgain={sameTripUrl(booking)}
          t={t.checkout}
          dialog={{ title: t.trips.cancelTitle, text: t.trips.cancelUnpaid, confirm: t.trips.cancelConfirm }}
        />
      </div>
    </>
  );
}

function Reference({ label, reference }: { label: string; reference: string }) {
  return (
    <>
      {label} <span className="figures font-strong text-ink">{reference}</span>
    </>
  );
}

async function Ended({ booking }: { booking: Booking }) {
  const t = await dictionary();
  const hasExpired = booking.reason === "EXPIRED";
  return (
    <State
      as="h1"
      icon={hasExpired ? TimerOff : CircleSlash}
      title={hasExpired ? t.checkout.ranOut : t.checkout.ended}
      text={hasExpired || booking.reason === null ? t.checkout.ranOutText : t.trips.reasons[booking.reason]}
    >
      <ButtonLink look="primary" href={sameTripUrl(booking)}>
        {t.checkout.searchAgain}
      </ButtonLink>
    </State>
  );
}
