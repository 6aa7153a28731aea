import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { TextWithTime } from "@/components/local-time";
import { Passengers } from "@/components/trips/passengers";
import { PrintButton } from "@/components/trips/print-button";
import { Receipt } from "@/components/trips/receipt";
import { Timeline } from "@/components/trips/timeline";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmedChange } from "@/components/ui/confirmed-change";
import { FailureState } from "@/components/ui/failure-state";
import { Notice } from "@/components/ui/notice";
import { PageTitle } from "@/components/ui/page-title";
import { currentLocale, dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { bookingOf } from "@/lib/api/booking";
import { paths } from "@/lib/api/paths";
import { getOne } from "@/lib/api/server";
import { signedIn } from "@/lib/api/signed-in";
import type { Booking, BookingEvent } from "@/lib/api/types";
import { money } from "@/lib/format/money";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).trips.title, robots: { index: false } };
}

export default async function TripPage({ params }: PageProps<"/trips/[id]">) {
  const { id } = await params;
  const [t, found] = await Promise.all([dictionary(), bookingOf(id, `/trips/${id}`)]);
  if (!found.ok) {
    if (found.failure.status === 404) notFound();
    return <FailureState as="h1" failure={found.failure} />;
  }
  const booking = found.value;
  const events = await signedIn(await getOne<BookingEvent[]>(paths.timeline(id)), `/trips/${id}`);
  return (
    <>
      <PageTitle title={fill(t.trips.tripTo, { reference: booking.reference })}>
        <div data-no-print className="flex flex-wrap gap-3">
          <PrintButton label={t.trips.print} />
          <CancelTrip booking={booking} />
        </div>
      </PageTitle>
      <div className="grid gap-6">
        <Ending booking={booking} />
        <Receipt booking={booking} />
        <div className="grid gap-6 md:grid-cols-2 md:items-start">
          <Card aria-labelledby="passengers">
            <Passengers passengers={booking.passengers} t={t} />
            <p className="mt-4 border-t pt-4 text-13 text-muted">
              {t.trips.contact} <span className="text-ink">{booking.contact.email}</span>
            </p>
          </Card>
          {events.ok ? <Timeline events={events.value} t={t.trips} /> : <FailureState failure={events.failure} />}
        </div>
      </div>
    </>
  );
}

/** Why it ended, and where the money is. */
async function Ending({ booking }: { booking: Booking }) {
  const { trips: t } = await dictionary();
  if (booking.status === "INITIATED") {
    return (
      <Notice tone="warn" title={t.status.INITIATED}>
        <p className="mb-2">
          <TextWithTime text={t.heldUntil} instant={booking.expiresAt} />
        </p>
        <ButtonLink look="primary" href={`/checkout/${booking.id}`}>
          {t.pay}
        </ButtonLink>
      </Notice>
    );
  }
  if (booking.status !== "CANCELLED") return null;
  const texts = [booking.reason && t.reasons[booking.reason], booking.refund && t.refund[booking.refund.status]];
  return (
    <Notice tone={booking.refund?.status === "SUCCEEDED" ? "good" : "info"} title={t.status.CANCELLED} live>
      {texts.filter(Boolean).join(" ")}
    </Notice>
  );
}

async function CancelTrip({ booking }: { booking: Booking }) {
  const [locale, { trips: t }] = await Promise.all([currentLocale(), dictionary()]);
  const { id, status, reference, totalCost, currency } = booking;
  if (status !== "BOOKED" && status !== "INITIATED") return null;
  const isPaid = status === "BOOKED" && currency !== null;
  return (
    <ConfirmedChange
      label={t.cancel}
      texts={{
        title: fill(t.cancelTitle, { reference }),
        text: isPaid ? fill(t.cancelPaid, { price: money(locale, totalCost, currency) }) : t.cancelUnpaid,
        confirm: t.cancelConfirm,
      }}
      path={paths.cancel(id)}
      method="POST"
    />
  );
}
