import type { Page } from "@playwright/test";
import { isAccessible } from "./accessible";
import { dayAhead, expect, holdSeats, search, signIn, signedIn, test } from "./test";
import { staff } from "./stack";

/** A screen in both themes; nothing jumps while it loads. */
async function checkPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  expect.soft(await layoutShift(page), `layout shift on ${path}`).toBeLessThanOrEqual(0.02);
  await isAccessible(page, path);
}

/** All shifts since the page was opened, which is never less than its cumulative layout shift. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() => {
    const observer = new PerformanceObserver(() => undefined);
    observer.observe({ type: "layout-shift", buffered: true });
    const shifts = observer.takeRecords() as unknown as { value: number; hadRecentInput: boolean }[];
    return shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0);
  });
}

test("screens for everybody", async ({ page }) => {
  const day = dayAhead(14);
  const paths = [
    "/",
    `/flights?from=JFK&to=LAX&date=${day}&travellers=2`,
    `/flights?from=JFK&to=LAX&date=${day}&travellers=1&max=1`,
    "/flights",
    "/signin",
    "/signup",
    "/forgot",
    "/account/verify?token=x",
    "/account/reset?token=x",
    "/account/erased",
    "/nowhere",
  ];
  for (const path of paths) await checkPage(page, path);

  await page.goto("/");
  await page.getByRole("button", { name: "Search flights" }).click();
  await expect(page.getByText("Choose an airport from the list.")).toHaveCount(2);
  const from = page.getByRole("combobox", { name: "From", exact: true });
  await from.fill("a");
  await expect(from).toHaveAttribute("aria-expanded", "true");
  await isAccessible(page, "a search with errors and airports to choose from");
  await from.fill("nowhere at all");
  await expect(page.getByText("No airport matches").first()).toBeVisible();
  await isAccessible(page, "a search for an airport that there is not");
});

test("screens for travellers", async ({ page }) => {
  test.setTimeout(180_000);
  await signedIn(page);
  await checkPage(page, "/trips");
  await page.goto("/");
  await search(page, "JFK", "LAX", dayAhead(20), 2);
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "Who is flying?" }).waitFor();
  const booking = new URL(page.url());
  await checkPage(page, booking.pathname + booking.search);
  await page.goBack();
  await page.goto(`/flights?from=JFK&to=LAX&date=${dayAhead(20)}&travellers=1`);
  await holdSeats(page);
  const { pathname: checkout } = new URL(page.url());
  await checkPage(page, checkout);
  await checkPage(page, checkout.replace("checkout", "trips"));
  await checkPage(page, "/trips");
  await page.goto(checkout);
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
  await checkPage(page, new URL(page.url()).pathname);
  await checkPage(page, checkout.replace("checkout", "trips"));
  await checkPage(page, "/account");
  await checkPage(page, "/admin");
});

test("screens for administrators", async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, staff("admin"));
  const paths = [
    "/admin",
    "/admin/users",
    "/admin/users/1",
    "/admin/audit",
    "/admin/cities",
    "/admin/cities/new",
    "/admin/cities/1",
    "/admin/airports",
    "/admin/airports/1",
    "/admin/airlines",
    "/admin/airplanes",
  ];
  for (const path of paths) await checkPage(page, path);
});

test("screens for airlines", async ({ page }) => {
  await signIn(page, staff("airline"));
  for (const path of ["/airline/flights", "/airline/flights/new", "/airline/airplanes"]) await checkPage(page, path);
  await page.goto("/airline/flights");
  const href = await page.getByRole("cell").getByRole("link").first().getAttribute("href");
  await checkPage(page, href ?? "");
});
