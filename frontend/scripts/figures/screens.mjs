import { dayAhead, flightsOf, hold } from "../traveller.mjs";

const from = "JFK";
const to = "LAX";
const day = dayAhead(14);
const adult = { givenName: "Ada", surname: "Lovelace", type: "ADULT" };

/**
 * The main screens. `kilobytes` is how much script may load first, gzipped. `path` may do what leads there, with the cookies
 * of a traveller. What search engines shall not list says so in its `robots`: there Lighthouse is not asked whether they can.
 */
export const screens = [
  { name: "home", kilobytes: 140, path: () => "/" },
  { name: "results", kilobytes: 140, path: () => `/flights?from=${from}&to=${to}&date=${day}&travellers=1` },
  { name: "sign-in", kilobytes: 155, path: () => "/signin" },
  { name: "sign-up", kilobytes: 155, path: () => "/signup" },
  {
    name: "book",
    kilobytes: 155,
    isPrivate: true,
    path: async () => `/book?flights=${(await cheapest()).id}&travellers=1`,
  },
  { name: "payment", kilobytes: 175, isPrivate: true, path: checkout },
  { name: "trips", kilobytes: 155, isPrivate: true, path: () => "/trips" },
  { name: "account", kilobytes: 155, isPrivate: true, path: () => "/account" },
];

async function cheapest() {
  const [flight] = await flightsOf(from, to, day);
  return flight;
}

/** The seats go back on sale when nobody pays for them. */
async function checkout(cookies) {
  const { id } = await hold(cookies, [await cheapest()], [adult]);
  return `/checkout/${id}`;
}
