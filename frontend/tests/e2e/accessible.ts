import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./test";

/** What is on the screen now, in both themes: nothing that axe finds, nothing that scrolls sideways, one first heading. */
export async function isAccessible(page: Page, what: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    // No page has frames, so that one run in it will do; legacy mode is that, in a third of the time.
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
    // Themes differ in their style sheet alone, so that the rest need not be looked at twice.
    if (theme === "dark") axe.withRules(["color-contrast", "link-in-text-block"]);
    const { violations } = await axe.analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    expect.soft(found, `axe on ${what}, ${theme}`).toEqual([]);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(overflow, `sideways scroll on ${what}`).toBeLessThanOrEqual(0);
  await expect(page.locator("h1")).toHaveCount(1);
}
