// A traveller on the running stack, who does through the front end what its pages would.

export const base = process.env.FRONTEND_URL ?? "http://127.0.0.1:3000";

/** A day so many days ahead. */
export function dayAhead(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** The flights of a day, the cheapest first. */
export async function flightsOf(from, to, date) {
  const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:5000";
  const query = new URLSearchParams({ trips: `${from}-${to}`, tripdate: date, sort: "price_asc,departureTime_asc" });
  const answer = await fetch(`${gateway}/flightsService/api/v1/flight?${query}`);
  const flights = (await dataOf(answer)) ?? [];
  if (flights.length === 0) throw new Error(`No flight from ${from} to ${to} on ${date}; is the demo data there?`);
  return flights;
}

/** Makes an account; for `signIn`. */
export async function signUp(name) {
  const account = { name, email: `ada-${Date.now().toString(36)}@example.com`, password: "correct horse battery" };
  await send("/api/gw/api/v1/signup", account);
  return account;
}

/** Opens a session; its cookies. */
export async function signIn({ email, password }) {
  const answer = await send("/api/session/signin", { email, password });
  return answer.headers.getSetCookie().map((line) => line.slice(0, line.indexOf(";")));
}

/** Holds seats on these flights for these people; the booking. */
export async function hold(cookies, flights, passengers) {
  const items = flights.map(({ id }) => ({ flightId: id, noOfSeats: passengers.length }));
  return dataOf(await send("/api/gw/bookingService/api/v1/booking", { items, passengers }, cookies));
}

/** Pays a booking with the sandbox's card that is charged. */
export async function pay(cookies, booking) {
  const payment = { bookingId: booking.id, totalCost: booking.totalCost, paymentToken: "tok_success" };
  await send("/api/gw/bookingService/api/v1/booking/payments", payment, cookies, {
    "x-idempotency-key": `pay-${booking.id}`,
  });
}

async function send(path, body, cookies = [], more = {}) {
  const headers = { "content-type": "application/json", origin: base, cookie: cookies.join("; "), ...more };
  const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function dataOf(answer) {
  return (await answer.json()).data;
}
