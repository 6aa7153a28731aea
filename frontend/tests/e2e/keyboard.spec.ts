import type { Page } from "@playwright/test";
import { dayAhead, expect, signedIn, test } from "./test";

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const isThere = await page
      .locator(":focus")
      .evaluate((element) => [
        element.getAttribute("aria-label") ?? "",
        (element as HTMLElement).innerText ?? "",
        (element as HTMLInputElement).labels?.[0]?.innerText ?? "",
      ]);
    if (isThere.some((text) => (typeof name === "string" ? text.trim().startsWith(name) : name.test(text)))) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

// Phones have no Tab key.
test("a flight is bought by keyboard alone", { tag: "@desktop" }, async ({ page }) => {
  await signedIn(page);
  await tabTo(page, "From");
  await page.keyboard.type("kennedy");
  await page.keyboard.press("Enter");
  await tabTo(page, "To");
  await page.keyboard.type("los angelse");
  await page.keyboard.press("Enter");
  await tabTo(page, "Departure");
  const [year, month, day] = dayAhead(19).split("-");
  await page.keyboard.type(`${month}${day}${year}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/flights\?/);
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .waitFor();
  await tabTo(page, /^Select flight/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Who is flying?" }).waitFor();
  await tabTo(page, "Given name");
  await page.keyboard.type("Grace");
  await tabTo(page, "Surname");
  await page.keyboard.type("Hopper");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/checkout\/\d+/);
  await page.getByRole("button", { name: /^Pay / }).waitFor();
  await tabTo(page, /^Pay /);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/confirmation\/\d+/);
  await expect(page.getByRole("heading", { name: "You are booked" })).toBeVisible();
});
