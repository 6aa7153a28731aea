import type { Page } from "@playwright/test";
import { isAccessible } from "./accessible";
import { dayAhead, expect, holdSeats, linkIn, mailTo, newAccount, search, signIn, signedIn, test } from "./test";

const other = "staple battery horse";

/** Tries to sign in, and is not let in. */
async function isRefused(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/signin");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("E-mail address or password are wrong.")).toBeVisible();
}

test("an address is confirmed by the link in the welcome mail, once", async ({ page }) => {
  const { email } = await signedIn(page);
  await page.goto("/account");
  await expect(page.getByText("Not confirmed yet")).toBeVisible();
  const link = linkIn(await mailTo(page, email, "Welcome to Airside"));
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("Thank you. Your address is confirmed.")).toBeVisible();
  await page.goto("/account");
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("This link is used, expired or incomplete.")).toBeVisible();
});

test("a forgotten password is replaced by the link in a mail", async ({ page, context }) => {
  const { email, password } = await signedIn(page);
  await context.clearCookies();
  await page.goto("/signin");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  const answers: string[] = [];
  for (const address of [newAccount().email, email]) {
    await page.goto("/forgot");
    await page.getByLabel("E-mail address").fill(address);
    await page.getByRole("button", { name: "Send the link" }).click();
    answers.push(await page.getByRole("main").getByRole("status").innerText());
  }
  expect(answers[0]).toContain("If there is an account with this address, a mail is on its way.");
  expect(answers[1], "who asks learns nothing").toBe(answers[0]);

  const link = linkIn(await mailTo(page, email, "Choose a new password"));
  await page.goto(link);
  await page.getByLabel("New password").fill("password");
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByText("This password is among the most common ones.")).toBeVisible();
  await page.getByLabel("New password").fill(other);
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByText("Your password is changed. Sign in with it.")).toBeVisible();
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByText("This link is used, expired or incomplete.")).toBeVisible();
  await isRefused(page, email, password);
  await signIn(page, { email, password: other });
});

test("sessions elsewhere end one by one, or all with another password", async ({ page, browser }) => {
  const account = await signedIn(page);
  const phone = await (await browser.newContext()).newPage();
  const isSignedOut = async () => {
    await expect(async () => {
      await phone.goto("/account");
      await expect(phone).toHaveURL(/\/signin\?next=%2Faccount/, { timeout: 500 });
    }).toPass({ timeout: 10_000 });
  };

  await signIn(phone, account);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out there" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out there" }).click();
  await expect(page.getByRole("button", { name: "Sign out there" })).toHaveCount(0);
  await isSignedOut();

  await signIn(phone, account);
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign out there" })).toHaveCount(1);
  const card = page.getByRole("region", { name: "Password" });
  await card.getByLabel("Current password").fill("not the one it is");
  await card.getByLabel("New password").fill(other);
  await card.getByRole("button", { name: "Change password" }).click();
  await expect(card.getByText("This is not your current password.")).toBeVisible();
  await card.getByLabel("Current password").fill(account.password);
  await card.getByRole("button", { name: "Change password" }).click();
  await expect(card.getByText("Your password is changed. Everywhere else you are signed out.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign out there" })).toHaveCount(0);
  await expect(card.getByLabel("New password")).toHaveValue("");
  await isSignedOut();

  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await page.waitForURL(/\/signin$/);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/signin\?next=%2Faccount/);
  await phone.context().close();
});

test("an account goes for good, but not while a trip is ahead", async ({ page }) => {
  test.setTimeout(120_000);
  const { email, password } = await signedIn(page);
  await search(page, "JFK", "LAX", dayAhead(23));
  await holdSeats(page);
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL(/\/confirmation\/\d+/);
  await mailTo(page, email, /^Your booking .* is confirmed$/);

  const erase = async () => {
    await page.goto("/account");
    const card = page.getByRole("region", { name: "Delete the account" });
    await card.getByLabel("Current password").fill(password);
    await card.getByRole("button", { name: "Delete my account" }).click();
  };
  await erase();
  const refusal = page.getByRole("alert").filter({ hasText: "It stays open." });
  await expect(refusal).toContainText("A trip is ahead of you: cancel it, or fly.", { timeout: 20_000 });
  await isAccessible(page, "an account that cannot go yet");
  await refusal.getByRole("button", { name: "Sign in again" }).click();
  await page.waitForURL(/\/signin\?next=%2Ftrips$/);
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/trips$/);
  await page.getByRole("link", { name: "Open" }).click();
  await page.getByRole("button", { name: "Cancel this trip" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Yes, cancel it" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("The money went back.")).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
  await mailTo(page, email, /^Your booking .* is cancelled$/);

  await erase();
  await page.waitForURL(/\/account\/erased/, { timeout: 20_000 });
  await expect(page.getByRole("heading", { name: "Your account is gone" })).toBeVisible();
  await isRefused(page, email, password);
});
