// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AirportCombobox } from "@/components/search/airport-combobox";
import { TextProvider } from "@/components/text-provider";
import { en } from "@/i18n/en";
import type { AirportOption } from "@/lib/flights/airports";

const airports: AirportOption[] = [
  {
    code: "JFK",
    name: "John F Kennedy International Airport",
    city: "New York",
    country: "United States",
    timezone: "America/New_York",
  },
  { code: "LGA", name: "La Guardia Airport", city: "New York", country: "United States", timezone: "America/New_York" },
  {
    code: "LAX",
    name: "Los Angeles International Airport",
    city: "Los Angeles",
    country: "United States",
    timezone: "America/Los_Angeles",
  },
];

const chosen = () => screen.getByTestId("chosen").textContent;

function Form() {
  const [airport, setAirport] = useState<AirportOption>();
  return (
    <TextProvider value={{ locale: "en", common: en.common, errors: en.errors }}>
      <AirportCombobox
        name="from"
        label="From"
        airports={airports}
        value={airport}
        onChange={setAirport}
        t={en.search}
      />
      <span data-testid="chosen">{airport?.code}</span>
    </TextProvider>
  );
}

beforeEach(() => void render(<Form />));
afterEach(cleanup);

test("arrow keys and Enter choose, and the active option is announced", async () => {
  const box = screen.getByRole("combobox", { name: "From" });
  await userEvent.type(box, "new york");
  expect(screen.getByRole("status").textContent).toBe("2 airports found");
  await userEvent.keyboard("{ArrowDown}");
  const active = box.getAttribute("aria-activedescendant");
  expect(document.getElementById(active ?? "")?.textContent).toContain("LGA");
  await userEvent.keyboard("{Enter}");
  expect(chosen()).toBe("LGA");
  expect((box as HTMLInputElement).value).toBe("New York (LGA)");
  expect(box.getAttribute("aria-expanded")).toBe("false");
});

test("leaving the box takes what is unmistakable and nothing else", async () => {
  const box = screen.getByRole("combobox", { name: "From" });
  await userEvent.type(box, "lax");
  await userEvent.tab();
  expect(chosen()).toBe("LAX");
  await userEvent.clear(box);
  await userEvent.type(box, "new");
  await userEvent.tab();
  expect(chosen()).toBe("");
});

test("Escape closes the list, and no match is said", async () => {
  const box = screen.getByRole("combobox", { name: "From" });
  await userEvent.type(box, "xqzw");
  expect(screen.getByRole("status").textContent).toBe("No airport matches");
  await userEvent.keyboard("{Escape}");
  expect(box.getAttribute("aria-expanded")).toBe("false");
});
