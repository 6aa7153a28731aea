import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { FlightChangeForm } from "@/components/desk/flight-change-form";
import { LoadFigures } from "@/components/desk/load-figures";
import { SeatsForm } from "@/components/desk/seats-form";
import { Leg } from "@/components/ticket/leg";
import { legOfFlight } from "@/components/ticket/leg-facts";
import { Ticket } from "@/components/ticket/ticket";
import { Card } from "@/components/ui/card";
import { ConfirmedChange } from "@/components/ui/confirmed-change";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { currentLocale, dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { paths } from "@/lib/api/paths";
import { airlineNames } from "@/lib/api/reference";
import { getOne } from "@/lib/api/server";
import type { Flight, FlightLoad } from "@/lib/api/types";
import { money } from "@/lib/format/money";
import { isId } from "@/lib/params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).desk.changeFlight };
}

export default async function AirlineFlightPage({ params }: PageProps<"/airline/flights/[id]">) {
  const { id } = await params;
  if (!isId(id)) notFound();
  const [locale, t, airlines, found, load] = await Promise.all([
    currentLocale(),
    dictionary(),
    airlineNames(),
    getOne<Flight>(paths.flight(id)),
    getOne<FlightLoad>(paths.load(id)),
  ]);
  if (!found.ok && found.failure.status === 404) notFound();
  if (!found.ok) return <FailureState as="h1" failure={found.failure} />;
  if (!load.ok) return <FailureState as="h1" failure={load.failure} />;
  const flight = found.value;
  return (
    <>
      <PageTitle title={<span className="figures">{flight.flightNumber}</span>}>
        <ConfirmedChange
          label={t.common.delete}
          texts={{
            title: fill(t.desk.deleteTitle, { name: flight.flightNumber }),
            text: t.desk.deleteText,
            confirm: t.desk.confirmDelete,
          }}
          path={paths.flight(flight.id)}
          method="DELETE"
          goTo={`/airline/flights?airline=${flight.airline}`}
        />
      </PageTitle>
      <div className="grid gap-6">
        <Ticket stub={<p className="figures text-28 font-strong">{money(locale, flight.price, flight.currency)}</p>}>
          <Leg leg={legOfFlight(flight, airlines)} locale={locale} t={t.flight} />
        </Ticket>
        <div className="grid gap-6 lg:grid-cols-3 lg:items-start">
          <Card aria-labelledby="load">
            <LoadFigures load={load.value} t={t.desk} />
          </Card>
          <Card aria-labelledby="change">
            <FlightChangeForm key={flight.updatedAt} flight={flight} t={t.desk} />
          </Card>
          <Card aria-labelledby="seats">
            <SeatsForm flightId={flight.id} t={t.desk} missing={t.auth.missing} />
          </Card>
        </div>
      </div>
    </>
  );
}
