import { isAccessible } from "./accessible";
import { dayAhead, expect, search, test } from "./test";

test("recent searches are on the home page, and forgotten on request", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Recent searches" })).toHaveCount(0);
  const from = page.getByRole("combobox", { name: "From", exact: true });
  await from.click();
  await expect(page.getByRole("option").first(), "the airport of this time zone").toContainText("VIE");
  await search(page, "JFK", "LAX", dayAhead(14), 2);
  await page.goto("/");
  await search(page, "LAX", "JFK", dayAhead(15));

  await page.goto("/");
  const recent = page.getByRole("region", { name: "Recent searches" });
  await expect(recent.getByRole("link")).toHaveText([/^Los Angeles to New York.*1 traveller$/, /2 travellers$/]);
  await isAccessible(page, "the home page with recent searches");
  await recent.getByRole("button", { name: "Forget Los Angeles to New York" }).click();
  await expect(recent.getByRole("link")).toHaveText([/^New York to Los Angeles/]);
  await recent.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/flights\\?from=JFK&to=LAX&date=${dayAhead(14)}&travellers=2$`));
});
