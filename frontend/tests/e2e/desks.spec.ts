import { dayAhead, expect, newAccount, signIn, signedIn, test } from "./test";
import { staff } from "./stack";

test("an administrator gives a role, and the airline changes a flight", async ({ page, browser }) => {
  const employee = await signedIn(page, newAccount());
  await expect(page.getByRole("link", { name: "Airline" }).filter({ visible: true })).toHaveCount(0);

  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, staff("admin"));
  await admin.goto(`/admin/users?q=${employee.email}`);
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

test("an administrator makes a city, renames it and takes it away", async ({ page }) => {
  await signIn(page, staff("admin"));
  const name = `Linz ${Date.now()}`;
  await page.goto("/admin/cities/new");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/admin\/cities$/);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("link", { name: `Edit: ${name}` }).click();
  await page.waitForURL(/\/admin\/cities\/\d+/);
  await page.getByLabel("Name").fill(`${name} on the Danube`);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/admin\/cities$/);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("button", { name: `Delete: ${name} on the Danube` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Yes, delete it" }).click();
  await expect(page.getByText(`${name} on the Danube`)).toHaveCount(0);
});

test("a flight is put on sale in the local times of its airports, and taken off", async ({ page }) => {
  await signIn(page, staff("admin"));
  await page.goto("/airline/flights/new?airline=3Y");
  await page.getByLabel("Flight number").fill(`3y${1000 + (Date.now() % 9000)}`);
  await page.getByLabel("From").selectOption("JFK");
  await page.getByLabel("To", { exact: true }).selectOption("VIE");
  await page.getByLabel("Departure, local time there").fill(`${dayAhead(40)}T22:00`);
  await page.getByLabel("Arrival, local time there").fill(`${dayAhead(41)}T12:30`);
  await page.getByLabel("Price").fill("249.50");
  await page.getByLabel("Currency").selectOption("EUR");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/airline\/flights\/\d+/);
  const ticket = page.getByRole("article");
  for (const text of ["22:00", "12:30", "+1 day", "8 h 30 min", "€249.50", "UTC−5", "UTC+1"]) {
    await expect(ticket).toContainText(text);
  }
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Yes, delete it" }).click();
  await page.waitForURL(/\/airline\/flights\?airline=3Y/);
});
