import { Luggage } from "@/components/ui/icons";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Suspense } from "react";
import { TripTicket } from "@/components/trips/trip-ticket";
import { TripFilter } from "@/components/trips/trip-filter";
import { ButtonLink } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { TicketSkeletons } from "@/components/ui/skeleton";
import { State } from "@/components/ui/state";
import { currentLocale, dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getList, viewer } from "@/lib/api/server";
import { signedIn } from "@/lib/api/signed-in";
import type { Booking } from "@/lib/api/types";
import { one } from "@/lib/params";
import { signInPath } from "@/lib/safe-path";

const STATUSES = ["BOOKED", "INITIATED", "CANCELLED"] as const;
type Shown = (typeof STATUSES)[number];

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).trips.title, robots: { index: false } };
}

export default async function TripsPage({ searchParams }: PageProps<"/trips">) {
  const params = await searchParams;
  const status = STATUSES.find((known) => known === one(params.status));
  const cursor = one(params.cursor);
  if ((await viewer()) === undefined) redirect(signInPath("/trips"));
  const t = await dictionary();
  return (
    <>
      <PageTitle title={t.trips.title} />
      <TripFilter statuses={STATUSES} chosen={status} t={t.trips} />
      {/* As high as a screen, as in the results. */}
      <div className="min-h-dvh">
        <Suspense key={`${status} ${cursor}`} fallback={<TicketSkeletons count={3} label={t.common.loading} />}>
          <Trips status={status} cursor={cursor} />
        </Suspense>
      </div>
    </>
  );
}

async function Trips({ status, cursor }: { status: Shown | undefined; cursor: string | undefined }) {
  const [locale, t, result] = await Promise.all([
    currentLocale(),
    dictionary(),
    getList<Booking>(paths.bookings, { status, cursor, limit: 10 }),
  ]);
  const href = status === undefined ? "/trips" : `/trips?status=${status}`;
  const found = await signedIn(result, href);
  if (!found.ok) return <FailureState failure={found.failure} />;
  const { data: bookings, page } = found.value;
  if (bookings.length === 0) {
    return (
      <State icon={Luggage} title={t.trips.empty} text={t.trips.emptyText}>
        <ButtonLink look="primary" href="/">
          {t.common.home}
        </ButtonLink>
      </State>
    );
  }
  return (
    <>
      <div className="grid gap-4">
        {bookings.map((booking) => (
          <TripTicket key={booking.id} booking={booking} locale={locale} t={t.trips} />
        ))}
      </div>
      <Pager href={href} cursor={cursor} next={page.next} t={t.common} />
    </>
  );
}
