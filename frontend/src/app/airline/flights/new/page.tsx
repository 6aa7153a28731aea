import { FlightForm } from "@/components/desk/flight-form";
import { flightChoices } from "@/lib/desk/flight-choices";
import { Card } from "@/components/ui/card";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { dictionary } from "@/i18n";
import { unreachable } from "@/lib/api/problem";
import { managedAirline } from "@/lib/desk/managed-airline";
import { one } from "@/lib/params";

export default async function NewFlightPage({ searchParams }: PageProps<"/airline/flights/new">) {
  const managed = await managedAirline(one((await searchParams).airline));
  if (managed === undefined) return <FailureState as="h1" failure={unreachable} />;
  const [t, choices] = await Promise.all([dictionary(), flightChoices(managed.airline.code)]);
  if (!choices.ok) return <FailureState as="h1" failure={choices.failure} />;
  return (
    <>
      <PageTitle title={t.desk.newFlight} lead={managed.airline.name} />
      <Card>
        <FlightForm airline={managed.airline.code} choices={choices.value} t={t.desk} auth={t.auth} />
      </Card>
    </>
  );
}
