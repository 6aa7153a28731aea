import { Plus } from "@/components/ui/icons";
import Link from "next/link";
import { AirlineChoice } from "@/components/desk/airline-choice";
import { DataTable } from "@/components/desk/data-table";
import { LoadBar } from "@/components/desk/load-bar";
import { ButtonLink } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { currentLocale, dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { paths } from "@/lib/api/paths";
import { unreachable } from "@/lib/api/problem";
import { getList } from "@/lib/api/server";
import type { Flight } from "@/lib/api/types";
import { managedAirline } from "@/lib/desk/managed-airline";
import { money } from "@/lib/format/money";
import { clock, dayText, zone } from "@/lib/format/time";
import { one } from "@/lib/params";

export default async function AirlineFlightsPage({ searchParams }: PageProps<"/airline/flights">) {
  const params = await searchParams;
  const managed = await managedAirline(one(params.airline));
  if (managed === undefined) return <FailureState as="h1" failure={unreachable} />;
  const { airline, choices, isAdmin } = managed;
  const cursor = one(params.cursor);
  const [locale, t, found] = await Promise.all([
    currentLocale(),
    dictionary(),
    getList<Flight>(paths.flights, { airline: airline.code, cursor }),
  ]);
  const title = fill(t.desk.airlineTitle, { name: airline.name });
  return (
    <>
      <PageTitle title={title}>
        <ButtonLink look="primary" href={`/airline/flights/new?airline=${airline.code}`}>
          <Plus size={18} aria-hidden="true" />
          {t.desk.newFlight}
        </ButtonLink>
      </PageTitle>
      {isAdmin && <AirlineChoice choices={choices} chosen={airline.code} t={t} />}
      {!found.ok && <FailureState failure={found.failure} />}
      {found.ok && (
        <>
          <DataTable
            caption={title}
            rows={found.value.data}
            keyOf={({ id }) => id}
            empty={t.desk.empty}
            columns={[
              {
                header: t.flight.flight,
                isFigure: true,
                cell: ({ id, flightNumber }) => (
                  <Link
                    href={`/airline/flights/${id}`}
                    prefetch={false}
                    className="inline-flex target items-center font-strong text-sky underline underline-offset-4"
                  >
                    {flightNumber}
                  </Link>
                ),
              },
              {
                header: t.desk.route,
                isFigure: true,
                cell: ({ departureAirportId, arrivalAirportId }) => `${departureAirportId}-${arrivalAirportId}`,
              },
              {
                header: t.desk.departs,
                cell: ({ departureLocal }) => (
                  <>
                    {dayText(locale, departureLocal)} <span className="figures">{clock(departureLocal)}</span>{" "}
                    <span className="figures text-13 text-muted">{zone(departureLocal)}</span>
                  </>
                ),
              },
              { header: t.desk.gate, isFigure: true, cell: ({ boardingGate }) => boardingGate ?? "-" },
              { header: t.desk.price, isFigure: true, cell: ({ price, currency }) => money(locale, price, currency) },
              {
                header: t.desk.load,
                cell: ({ totalSeats, availableSeats }) => (
                  <LoadBar taken={totalSeats - availableSeats} total={totalSeats} />
                ),
              },
            ]}
          />
          <Pager
            href={`/airline/flights?airline=${airline.code}`}
            cursor={cursor}
            next={found.value.page.next}
            t={t.common}
          />
        </>
      )}
    </>
  );
}
