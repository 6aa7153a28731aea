import { isAccessible } from "./accessible";
import { choosesCard, dayAhead, expect, holdSeats, search, signedIn, test } from "./test";

test("a payment that fails is said as it is, and another card goes on from there", async ({ page }) => {
  await signedIn(page);
  await search(page, "JFK", "LAX", dayAhead(24));
  await holdSeats(page);
  const told = page.getByRole("main").getByRole("alert");

  await choosesCard(page, "Card without funds");
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(told).toContainText("The card was declined. No money was taken, and your seats are still held.");
  await isAccessible(page, "a declined card");

  // The answer never comes; the page finds out by itself what became of the payment.
  await choosesCard(page, "Slow network, not charged");
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByRole("button", { name: "Paying…" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Your bank is taking its time" })).toBeVisible({ timeout: 15_000 });
  await expect(told).toContainText("The payment did not go through. No money was taken", { timeout: 30_000 });

  await choosesCard(page, "Card that works");
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
  await page.getByRole("link", { name: "See this trip" }).click();
  const timeline = page.getByRole("region", { name: "What happened" });
  await expect(timeline.getByText("Payment declined")).toHaveCount(2);
  await expect(timeline.getByText("Paid and booked")).toHaveCount(1);
});
