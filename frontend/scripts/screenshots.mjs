// Photographs the main screens of a running stack with its demo data: all of them, in both themes and widths, into
// .screenshots for looking at; those that README.md shows into docs/screenshots. FRONTEND_URL, GATEWAY_URL and
// AIRSIDE_DATA_DIR say where the stack is.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "@playwright/test";
import { chromiumOptions } from "./chromium.mjs";
import { base, dayAhead, flightsOf, hold, pay, signIn, signUp } from "./traveller.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const everything = path.join(root, "frontend/.screenshots");
const shown = path.join(root, "docs/screenshots");

const widths = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const themes = ["light", "dark"];

/** What README.md shows: screen, width and theme. */
const chosen = new Set([
  "results-desktop-light",
  "results-desktop-dark",
  "checkout-phone-light",
  "trip-phone-dark",
  "flight-desktop-light",
]);

const family = [
  { givenName: "Ada", surname: "Lovelace", type: "ADULT" },
  { givenName: "Byron", surname: "Lovelace", type: "CHILD" },
];

const screens = await screensOfStack();
for (const folder of [everything, shown]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
const browser = await chromium.launch(chromiumOptions);
for (const [width, device] of Object.entries(widths)) {
  for (const colorScheme of themes) {
    for (const screen of screens) {
      await photograph(screen, { ...device, colorScheme }, `${screen.name}-${width}-${colorScheme}`);
    }
  }
}
await browser.close();

/** The screens, after one trip is paid and the seats of another are held. */
async function screensOfStack() {
  const traveller = await signIn(await signUp("Ada Lovelace"));
  const [out, back] = [await flightOf("JFK", "LAX", dayAhead(14)), await flightOf("LAX", "JFK", dayAhead(21))];
  const booked = await hold(traveller, [out, back], family);
  await pay(traveller, booked);
  const next = await flightOf("JFK", "LHR", dayAhead(30));
  const held = await hold(traveller, [next], family.slice(0, 1));
  const [airline, admin] = [await signIn(staff("airline")), await signIn(staff("admin"))];
  return [
    { name: "home", path: "/", cookies: [] },
    { name: "results", path: `/flights?from=JFK&to=LAX&date=${dayAhead(14)}&travellers=2`, cookies: [] },
    { name: "sign-in", path: "/signin", cookies: [] },
    { name: "book", path: `/book?flights=${out.id},${back.id}&travellers=2`, cookies: traveller },
    { name: "checkout", path: `/checkout/${held.id}`, cookies: traveller },
    { name: "confirmation", path: `/confirmation/${booked.id}`, cookies: traveller },
    { name: "trip", path: `/trips/${booked.id}`, cookies: traveller },
    { name: "trips", path: "/trips", cookies: traveller },
    { name: "account", path: "/account", cookies: traveller },
    { name: "desk", path: "/airline/flights", cookies: airline },
    { name: "flight", path: `/airline/flights/${out.id}`, cookies: airline },
    { name: "admin", path: "/admin", cookies: admin },
    { name: "users", path: "/admin/users", cookies: admin },
    { name: "audit", path: "/admin/audit", cookies: admin },
  ];
}

/** A flight of the airline whose staff has an account, so that its desk shows what was booked. */
async function flightOf(from, to, date) {
  const flights = await flightsOf(from, to, date);
  return flights.find(({ airline }) => airline === "3Y") ?? flights[0];
}

/** The account of an airline's staff or of an administrator that `cargo xtask up` made. */
function staff(name) {
  const data = process.env.AIRSIDE_DATA_DIR ?? path.join(root, ".data");
  const password = readFileSync(path.join(data, "accounts", `${name}.password`), "utf8").trim();
  return { email: `${name}@airside.example`, password };
}

async function photograph({ path: pagePath, cookies }, device, name) {
  const context = await browser.newContext({
    ...device,
    deviceScaleFactor: 2,
    locale: "en-US",
    timezoneId: "America/New_York",
  });
  await context.addCookies(cookies.map((pair) => cookieOf(pair)));
  const page = await context.newPage();
  const answer = await page.goto(base + pagePath, { waitUntil: "networkidle" });
  if (!answer.ok()) throw new Error(`${pagePath} answered ${answer.status()}`);
  if (chosen.has(name)) {
    const picture = await page.screenshot();
    writeFileSync(path.join(shown, `${name}.webp`), await asWebp(picture));
  }
  // A window as high as the page: `fullPage` leaves the tab bar of phones in the middle.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: device.viewport.width, height });
  await page.screenshot({ path: path.join(everything, `${name}.png`) });
  await context.close();
}

function cookieOf(pair) {
  const split = pair.indexOf("=");
  return { name: pair.slice(0, split), value: pair.slice(split + 1), url: base };
}

/** Chromium makes PNG alone of a page, but WebP, a third of it, of a canvas. */
async function asWebp(png) {
  const page = await browser.newPage();
  const address = await page.evaluate(
    async (source) => {
      const image = await createImageBitmap(await (await fetch(source)).blob());
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext("2d").drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", 0.85);
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  await page.close();
  return Buffer.from(address.split(",")[1], "base64");
}
