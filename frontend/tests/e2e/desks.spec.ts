import { expect, newAccount, signIn, signedIn, test } from "./test";

const adminPassword = process.env.ADMIN_PASSWORD;

test("an administrator gives a role, and the airline changes a flight", async ({ page, browser }) => {
  test.skip(adminPassword === undefined, "ADMIN_PASSWORD is not given");
  const staff = await signedIn(page, newAccount());
  await expect(page.getByRole("link", { name: "Airline" }).filter({ visible: true })).toHaveCount(0);

  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, { email: "admin@airside.example", password: adminPassword ?? "" });
  await admin.goto(`/admin/users?q=${staff.email}`);
  await admin.getByRole("cell").getByRole("link").first().click();
  await admin.waitForURL(/\/admin\/users\/\d+/);
  await admin.getByRole("combobox", { name: "Role", exact: true }).selectOption("FLIGHT_COMPANY");
  await admin.getByLabel("Airline (for airline staff)").selectOption("3Y");
  await admin.getByRole("button", { name: "Give role" }).click();
  await expect(admin.getByRole("button", { name: "Take away Airline staff" })).toBeVisible();
  await admin.goto("/admin/audit");
  await expect(admin.getByRole("row").filter({ hasText: "Role given" }).first()).toContainText("FLIGHT_COMPANY");
  await admin.context().close();

  // The old token was taken back; the next page has one that says the new role, without signing in again.
  await page.goto("/account");
  await page.goto("/airline/flights");
  await page.getByRole("cell").getByRole("link").first().click();
  await page.getByLabel("Gate").fill("B7");
  await page.getByLabel("Price").fill("123.45");
  await page.getByRole("button", { name: "Save" }).click();
  const ticket = page.getByRole("article");
  await expect(ticket).toContainText("$123.45");
  await expect(ticket).toContainText("B7");
  const onSale = page.getByRole("region", { name: "Load" }).getByRole("definition").last();
  const before = Number(await onSale.textContent());
  await page.getByLabel("How many seats").fill("1");
  await page.getByRole("button", { name: "Take off sale" }).click();
  await expect(onSale).toHaveText(String(before - 1));
});

test("who has no such role is told so", async ({ page }) => {
  await signedIn(page);
  await page.goto("/admin/users");
  await expect(page.getByRole("heading", { name: "This part is not for your account" })).toBeVisible();
});
