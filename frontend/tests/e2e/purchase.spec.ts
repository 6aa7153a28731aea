import { isAccessible } from "./accessible";
import { choosesCard, dayAhead, expect, holdSeats, mailTo, newAccount, search, signedIn, test } from "./test";

test("from signing up to the trip: a declined card, a pending one, a mail at the end", async ({ page }) => {
  const account = newAccount();
  await page.goto("/");
  await search(page, "new york", "LAX", dayAhead(14), 2);
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .click();

  // Whoever is not signed in does so on the way, and is back at the same flight.
  await page.waitForURL(/\/signin\?next=/);
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByLabel("Your name").fill(account.name);
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Who is flying?" }).waitFor();
  await page.goBack();
  await page.goForward();
  for (const [index, givenName] of ["Ada", "Byron"].entries()) {
    const fields = page.getByRole("group", { name: `Traveller ${index + 1}` });
    await fields.getByLabel("Given name").fill(givenName);
    await fields.getByLabel("Surname").fill("Lovelace");
  }
  await page.getByRole("button", { name: "Hold these seats" }).click();
  await page.waitForURL(/\/checkout\/\d+/);
  await expect(page.getByRole("timer")).toHaveText(/^\d+:\d\d$/);

  await choosesCard(page, "Card that is declined");
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByRole("alert").filter({ hasText: "declined" })).toBeVisible();

  // The answer of this card comes after 6 s; who pays leaves before, and comes back.
  await choosesCard(page, "Slow network, charged");
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByRole("button", { name: "Paying…" })).toBeVisible();
  const booking = page.url().replace("/checkout/", "/api/gw/bookingService/api/v1/booking/");
  await expect.poll(async () => (await (await page.request.get(booking)).json()).data.status).toBe("PENDING");
  await page.goto("/trips");
  await expect(page.getByText("Payment running")).toBeVisible();
  await page.getByRole("link", { name: "See the payment" }).click();
  await expect(page.getByRole("heading", { name: "Your bank is taking its time" })).toBeVisible();
  await isAccessible(page, "a pending payment");

  await page.waitForURL(/\/confirmation\/\d+/, { timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "You are booked" })).toBeVisible();
  await mailTo(page, account.email, /^Your booking .* is confirmed$/);

  await page.getByRole("link", { name: "See this trip" }).click();
  const timeline = page.getByRole("region", { name: "What happened" });
  await expect(timeline.getByText("Paid and booked")).toHaveCount(1);
  await expect(timeline.getByText("Payment declined")).toHaveCount(1);
});

test("a paid trip is cancelled and the money goes back", async ({ page }) => {
  await signedIn(page);
  await search(page, "JFK", "los angeles", dayAhead(15));
  await holdSeats(page);
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
  await page.getByRole("link", { name: "See this trip" }).click();
  await page.getByRole("button", { name: "Cancel this trip" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("back, all that you paid");
  await isAccessible(page, "a dialog that asks");
  await dialog.getByRole("button", { name: "Yes, cancel it" }).click();
  await expect(page.getByText("You cancelled it.")).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("The money went back.")).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
});

test("a lost answer is asked for again with the same key, and charged once", async ({ page }) => {
  await signedIn(page);
  await search(page, "JFK", "LAX", dayAhead(16));
  await holdSeats(page);
  const keys: (string | undefined)[] = [];
  await page.route("**/booking/payments", async (route) => {
    keys.push(route.request().headers()["x-idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByRole("heading", { name: "We do not know yet" })).toBeVisible();
  await isAccessible(page, "a payment whose answer was lost");
  await page.getByRole("button", { name: "Ask again" }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("a session that ends in mid-checkout comes back to the same place", async ({ page, context }) => {
  const { email, password } = await signedIn(page);
  await search(page, "JFK", "LAX", dayAhead(17));
  await holdSeats(page);
  const { pathname } = new URL(page.url());
  await context.clearCookies();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL(/\/signin\?next=/);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === pathname);
  await page.getByRole("button", { name: /^(Pay |Finish this payment)/ }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
});

test("another person's booking does not exist", async ({ page }) => {
  await signedIn(page);
  await search(page, "JFK", "LAX", dayAhead(18));
  await holdSeats(page);
  const { pathname } = new URL(page.url());
  await signedIn(page);
  for (const path of ["/book?flights=0", "/checkout/0", "/confirmation/0", "/trips/0"]) {
    expect((await page.request.get(path)).status(), path).toBe(404);
  }
  const answer = await page.goto(pathname);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
});

test("a round trip is one booking of two flights, also for a family with an infant", async ({ page }) => {
  await signedIn(page);
  await page.goto("/");
  await page.getByRole("radio", { name: "Round trip" }).check();
  await page.getByLabel("Return").fill(dayAhead(27));
  await search(page, "JFK", "LAX", dayAhead(20), 2);
  await expect(page.getByText("Choose your outbound flight")).toBeVisible();
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .waitFor();
  const folded = page.getByRole("button", { name: "Filters" });
  if (await folded.isVisible()) {
    await folded.click();
    await isAccessible(page, "filters unfolded");
  }
  await page.getByRole("combobox", { name: "Departs" }).selectOption("morning");
  await expect(page.getByRole("link", { name: "Remove filter Before 12:00" })).toBeVisible();
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "Flights from Los Angeles to New York" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Your outbound flight" })).toBeVisible();
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "Who is flying?" }).waitFor();
  await page.getByRole("button", { name: "Hold these seats" }).click();
  await expect(page.getByText("Please fill this in.")).toHaveCount(4);
  await expect(page.getByLabel("Given name").first()).toBeFocused();
  await isAccessible(page, "travellers without names");
  await page.getByRole("button", { name: "Add an infant without a seat" }).click();
  for (const [index, name] of ["Ada", "Byron", "Annabella"].entries()) {
    await page.getByLabel("Given name").nth(index).fill(name);
    await page.getByLabel("Surname").nth(index).fill("Lovelace");
  }
  await page.getByLabel("Age").nth(1).selectOption("CHILD");
  await page.getByRole("button", { name: "Hold these seats" }).click();
  await page.waitForURL(/\/checkout\/\d+/);
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
  await page.getByRole("link", { name: "See this trip" }).click();
  await expect(page.getByRole("region", { name: "Travellers" })).toContainText("Infant, under 2");
  await expect(page.getByRole("article")).toContainText("Los Angeles");
});
