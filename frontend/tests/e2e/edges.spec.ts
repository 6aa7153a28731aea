import { isAccessible } from "./accessible";
import { dayAhead, expect, holdSeats, newAccount, search, signIn, shown, signedIn, test } from "./test";
import { staff, gateway, xtask } from "./stack";

test("a hold that runs out says so, and leads to the same search", async ({ page }) => {
  await page.clock.install();
  await signedIn(page);
  await search(page, "JFK", "LAX", dayAhead(21));
  await holdSeats(page);
  await expect(page.getByRole("timer")).toHaveText(/^(9|10):\d\d$/);
  await page.clock.fastForward("05:30");
  await expect(page.getByText(/^5 minutes left to pay\.$/)).toHaveCount(1);
  await page.clock.fastForward("04:30");
  await expect(page.getByRole("heading", { name: "The hold has run out" })).toBeVisible();
  await page.clock.resume();
  await isAccessible(page, "a hold that ran out");
  await expect(page.getByRole("button", { name: /^Pay / })).toHaveCount(0);
  await page.getByRole("link", { name: "Search again" }).click();
  await expect(page).toHaveURL(new RegExp(`/flights\\?from=JFK&to=LAX&date=${dayAhead(21)}`));
});

test("of two who want the last seat one gets it, the other a way on", async ({ page, browser }) => {
  const { data: admin } = await (await page.request.post(`${gateway}/api/v1/signin`, { data: staff("admin") })).json();
  const day = dayAhead(30);
  const made = await page.request.post(`${gateway}/flightsService/api/v1/flight`, {
    headers: { authorization: `Bearer ${admin.jwt}` },
    data: {
      flightNumber: `3Y${1000 + (Date.now() % 9000)}`,
      airplaneId: 1,
      departureAirportId: "JFK",
      arrivalAirportId: "VIE",
      departureTime: `${day}T12:00:00Z`,
      arrivalTime: `${day}T21:00:00Z`,
      price: 9900,
      totalSeats: 1,
    },
  });
  expect(made.ok(), await made.text()).toBe(true);
  const { data: flight } = await made.json();
  const other = await (await browser.newContext()).newPage();
  for (const tab of [page, other]) {
    await signedIn(tab, newAccount());
    await tab.goto(`/book?flights=${flight.id}&travellers=1`);
    await tab.getByLabel("Given name").fill("Ada");
    await tab.getByLabel("Surname").fill("Lovelace");
  }
  await Promise.all([page, other].map((tab) => tab.getByRole("button", { name: "Hold these seats" }).click()));
  const [isMine, isTheirs] = await Promise.all(
    [page, other].map((tab) =>
      Promise.race([
        tab.waitForURL(/\/checkout\//).then(() => true),
        tab
          .getByText("Somebody else was faster")
          .waitFor()
          .then(() => false),
      ]),
    ),
  );
  expect([isMine, isTheirs].filter(Boolean)).toHaveLength(1);
  const loser = isMine ? other : page;
  await loser.getByRole("link", { name: "See other flights" }).click();
  await expect(loser).toHaveURL(/\/flights\?from=JFK&to=VIE/);
  await other.context().close();
});

test("an expired access token is renewed without a word, once for all who ask", async ({ page, context }) => {
  await signedIn(page);
  await context.clearCookies({ name: "airside-access" });
  const statuses = await page.evaluate(() =>
    Promise.all(
      ["/account", ...Array<string>(8).fill("/api/gw/api/v1/me"), "/trips"].map((path) =>
        fetch(path).then(({ status }) => status),
      ),
    ),
  );
  expect(statuses).toEqual(Array(10).fill(200));
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
  const cookies = await context.cookies();
  expect(cookies.filter(({ name }) => name.startsWith("airside-")).every(({ httpOnly }) => httpOnly)).toBe(true);
  expect(await page.evaluate(() => document.cookie)).not.toContain("airside-");
});

test("language and theme are kept, from the first paint", async ({ page }) => {
  await page.goto("/signin");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page).toHaveURL(/\/signin$/);
  await expect(page.getByRole("heading", { name: "Anmelden" })).toBeVisible();
  await page.getByRole("button", { name: "Dunkel" }).click();
  const html = await (await page.request.get("/")).text();
  expect(html).toMatch(/<html lang="de" data-theme="dark"/);
  await expect(page.getByRole("button", { name: "Dunkel" })).toHaveAttribute("aria-pressed", "true");
});

test("the gateway dies and returns", async ({ page }) => {
  const path = `/flights?from=JFK&to=LAX&date=${dayAhead(22)}&travellers=1`;
  xtask("stop", "gateway");
  try {
    await page.goto(path);
    await expect(shown(page.getByText("We cannot reach the booking system"))).toBeVisible();
    await isAccessible(page, "a search without a gateway");
  } finally {
    xtask("start", "gateway");
  }
  await expect(async () => {
    await shown(page.getByRole("button", { name: "Try again" })).click({ timeout: 1000 });
    await expect(page.getByRole("link", { name: /^Select flight/ }).first()).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 20_000 });
});

// It sets the window itself.
test("screens fit from 320 to 1920 pixels", { tag: "@desktop" }, async ({ page }) => {
  await signedIn(page);
  const paths = ["/", `/flights?from=JFK&to=LAX&date=${dayAhead(14)}&travellers=2`, "/trips", "/account", "/signin"];
  for (const width of [320, 768, 1024, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of paths) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test("signing out forgets the session here and at the gateway", async ({ page, context }) => {
  const account = await signedIn(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" }).filter({ visible: true }).first()).toBeVisible();
  expect((await context.cookies()).filter(({ name }) => /access|refresh/.test(name))).toEqual([]);
  await page.goto("/trips");
  await expect(page).toHaveURL(/\/signin\?next=%2Ftrips/);
  await signIn(page, account);
});
