import { expect, test as base, type Locator, type Page } from "@playwright/test";
import { gateway, inbox } from "./stack";

/** What the browser says of answers that the page deals with: a declined card is 402, a lost answer is none. */
const expectedAnswers =
  /Failed to load resource: (the server responded with a status of (401|402|403|404|409|422|503)|net::ERR_FAILED)/;

/** A test fails when the console has an error or a warning. */
export const test = base.extend<{ quietConsole: void }>({
  quietConsole: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on("console", (message) => {
        const isLoud = message.type() === "error" || message.type() === "warning";
        if (isLoud && !expectedAnswers.test(message.text())) said.push(`${page.url()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => said.push(`${page.url()}: ${error}`));
      await use();
      expect(said, "the console is quiet").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export interface Account {
  name: string;
  email: string;
  password: string;
}

let accounts = 0;

export function newAccount(): Account {
  const unique = `${Date.now().toString(36)}${accounts++}`;
  return { name: "Ada Traveller", email: `ada-${unique}@example.com`, password: "correct horse battery" };
}

/** An account that has signed in, made at the gateway: for stories that are not about signing up. */
export async function signedIn(page: Page, account = newAccount()): Promise<Account> {
  const made = await page.request.post(`${gateway}/api/v1/signup`, { data: account });
  expect(made.ok(), await made.text()).toBe(true);
  await signIn(page, account);
  return account;
}

export async function signIn(page: Page, { email, password }: Pick<Account, "email" | "password">): Promise<void> {
  await page.goto("/signin");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** The one of these that can be seen, or the first of them. */
export function shown(locator: Locator): Locator {
  return locator.filter({ visible: true }).first();
}

/** A day so many days ahead. */
export function dayAhead(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Fills in the search and asks. */
export async function search(page: Page, from: string, to: string, date: string, travellers = 1): Promise<void> {
  for (const [label, text] of [
    ["From", from],
    ["To", to],
  ] as const) {
    const box = page.getByRole("combobox", { name: label, exact: true });
    await box.fill(text);
    await page.getByRole("option").first().waitFor();
    await box.press("Enter");
  }
  await page.getByLabel("Departure").fill(date);
  await page.getByLabel("Travellers").selectOption(String(travellers));
  await page.getByRole("button", { name: "Search flights" }).click();
  await page.waitForURL(/\/flights\?/);
}

/** From the results of a search to the page that asks for a card. */
export async function holdSeats(page: Page, travellers = 1): Promise<void> {
  await page
    .getByRole("link", { name: /^Select flight/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "Who is flying?" }).waitFor();
  for (let index = 0; index < travellers; index++) {
    const fields = page.getByRole("group", { name: `Traveller ${index + 1}` });
    await fields.getByLabel("Given name").fill("Ada");
    await fields.getByLabel("Surname").fill(`Lovelace ${"ABCDEFGHI"[index]}`);
  }
  await page.getByRole("button", { name: "Hold these seats" }).click();
  await page.waitForURL(/\/checkout\/\d+/);
}

export async function choosesCard(page: Page, name: string): Promise<void> {
  await page.getByRole("radio", { name, exact: true }).check();
}

interface Mail {
  subject: string;
  text: string;
  to: { address: string }[];
}

/** The mail with such a subject that somebody got, the last of several, once it is there. */
export async function mailTo(page: Page, email: string, subject: string | RegExp): Promise<Mail> {
  let found: Mail | undefined;
  await expect(async () => {
    const mails = (await (await page.request.get(`${inbox}/email`)).json()) as Mail[];
    const theirs = mails.filter(({ to }) => to.some(({ address }) => address === email));
    found = theirs.findLast((mail) => mail.subject.match(subject) !== null);
    expect(found, `a mail "${subject}" among: ${theirs.map((mail) => mail.subject).join(", ")}`).toBeDefined();
  }).toPass({ timeout: 20_000 });
  return found!;
}

/** Where the link in a mail leads, on the front end that is tested. */
export function linkIn({ text }: Mail): string {
  const { pathname, search } = new URL(/https?:\/\/\S+/.exec(text)?.[0] ?? "");
  return pathname + search;
}
