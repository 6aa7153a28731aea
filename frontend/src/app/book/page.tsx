import { SearchX } from "@/components/ui/icons";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { PassengersForm } from "@/components/booking/passengers-form";
import { PriceLines } from "@/components/booking/price-lines";
import { Steps } from "@/components/booking/steps";
import { Leg } from "@/components/ticket/leg";
import { legOfFlight } from "@/components/ticket/leg-facts";
import { Ticket } from "@/components/ticket/ticket";
import { ButtonLink } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { State } from "@/components/ui/state";
import { currentLocale, dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { paths } from "@/lib/api/paths";
import { airlineNames } from "@/lib/api/reference";
import { getOne, viewer } from "@/lib/api/server";
import type { Flight } from "@/lib/api/types";
import { MOST_TRAVELLERS, bookingUrl, searchUrl } from "@/lib/flights/search";
import { localDay } from "@/lib/format/time";
import { one } from "@/lib/params";
import { signInPath } from "@/lib/safe-path";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).booking.title, robots: { index: false } };
}

export default async function BookPage({ searchParams }: PageProps<"/book">) {
  const params = await searchParams;
  const wish = parseWish(one(params.flights), one(params.travellers));
  const t = await dictionary();
  if (wish === undefined) notFound();
  const user = await viewer();
  if (user === undefined) redirect(signInPath(bookingUrl(wish.flights, wish.travellers)));

  const [locale, airlines, ...found] = await Promise.all([
    currentLocale(),
    airlineNames(),
    ...wish.flights.map((id) => getOne<Flight>(paths.flight(id))),
  ]);
  const flights: Flight[] = [];
  for (const flight of found) {
    if (!flight.ok && flight.failure.status === 404) notFound();
    if (!flight.ok) return <FailureState as="h1" failure={flight.failure} />;
    flights.push(flight.value);
  }
  const [first] = flights;
  if (first === undefined) return null;
  if (flights.some(({ currency }) => currency !== first.currency)) {
    return (
      <State as="h1" icon={SearchX} title={t.booking.notBookable} text={t.errors.codes.CURRENCY_MISMATCH}>
        <ButtonLink href={otherFlights(first, wish.travellers)}>{t.booking.otherFlights}</ButtonLink>
      </State>
    );
  }
  const { travellers } = wish;
  const total = flights.reduce((sum, { price }) => sum + price * travellers, 0);
  const lines = flights.map(({ flightNumber, price }) => ({
    label: flightNumber,
    seats: travellers,
    unitPrice: price,
  }));
  return (
    <>
      <Steps steps={t.booking.steps} current={1} label={t.booking.stepsLabel} />
      <Ticket
        className="mb-8"
        stub={<PriceLines lines={lines} total={total} currency={first.currency} locale={locale} t={t.booking} />}
      >
        {flights.map((flight) => (
          <Leg key={flight.id} leg={legOfFlight(flight, airlines)} locale={locale} t={t.flight} />
        ))}
      </Ticket>
      <PageTitle title={t.booking.title} lead={t.booking.lead} />
      <PassengersForm
        flights={wish.flights}
        travellers={travellers}
        otherFlights={otherFlights(first, travellers)}
        contact={fill(t.booking.contact, { email: user.email })}
        t={t.booking}
        missing={t.auth.missing}
      />
    </>
  );
}

interface Wish {
  flights: number[];
  travellers: number;
}

function parseWish(flights: string | undefined, travellers: string | undefined): Wish | undefined {
  if (flights === undefined || !/^[1-9]\d{0,14}(,[1-9]\d{0,14})?$/.test(flights)) return undefined;
  const count = Number(travellers ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > MOST_TRAVELLERS) return undefined;
  return { flights: flights.split(",").map(Number), travellers: count };
}

function otherFlights(flight: Flight, travellers: number): string {
  const { departureAirportId: from, arrivalAirportId: to, departureLocal } = flight;
  return searchUrl({ from, to, date: localDay(departureLocal), travellers, sort: "price" });
}
