import { CircleCheck } from "@/components/ui/icons";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Steps } from "@/components/booking/steps";
import { Receipt } from "@/components/trips/receipt";
import { ButtonLink } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { bookingOf } from "@/lib/api/booking";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).confirmation.title, robots: { index: false } };
}

export default async function ConfirmationPage({ params }: PageProps<"/confirmation/[id]">) {
  const { id } = await params;
  const [t, found] = await Promise.all([dictionary(), bookingOf(id, `/confirmation/${id}`)]);
  if (!found.ok) {
    if (found.failure.status === 404) notFound();
    return <FailureState as="h1" failure={found.failure} />;
  }
  const booking = found.value;
  if (booking.status !== "BOOKED") redirect(`/trips/${booking.id}`);
  return (
    <>
      <Steps steps={t.booking.steps} current={3} label={t.booking.stepsLabel} />
      <div className="mb-6 flex items-start gap-4">
        <CircleCheck size={40} aria-hidden="true" className="shrink-0 text-good" />
        <div>
          <h1 className="text-28 tracking-tight sm:text-40">{t.confirmation.title}</h1>
          <p className="text-17 text-muted">{fill(t.confirmation.lead, { email: booking.contact.email })}</p>
        </div>
      </div>
      <Receipt booking={booking} />
      <div className="mt-6 flex flex-wrap gap-3">
        <ButtonLink look="primary" href={`/trips/${booking.id}`}>
          {t.confirmation.toTrip}
        </ButtonLink>
        <ButtonLink href="/trips">{t.confirmation.toTrips}</ButtonLink>
      </div>
    </>
  );
}
