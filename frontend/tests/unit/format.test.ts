import { describe, expect, test } from "vitest";
import { fromMinorUnits, money, toMinorUnits } from "@/lib/format/money";
import {
  addDays,
  clock,
  dayShift,
  dayText,
  instantText,
  isDay,
  minutesBetween,
  zone,
  zonedInstant,
} from "@/lib/format/time";

describe("money", () => {
  test("has as many digits as its currency", () => {
    expect(money("en", 17_800, "USD")).toBe("$178.00");
    expect(money("en", 17_800, "JPY")).toBe("¥17,800");
    expect(money("en", 17_800, "KWD").replace(/\s/g, " ")).toBe("KWD 17.800");
    expect(money("de", 17_800, "EUR").replace(/\s/g, " ")).toBe("178,00 €");
  });

  test("is read as people type it", () => {
    expect(toMinorUnits("178", "USD")).toBe(17_800);
    expect(toMinorUnits(" 178.5 ", "USD")).toBe(17_850);
    expect(toMinorUnits("178,50", "EUR")).toBe(17_850);
    expect(toMinorUnits("178", "JPY")).toBe(178);
    expect(toMinorUnits("178.505", "USD")).toBeUndefined();
    expect(toMinorUnits("1e3", "USD")).toBeUndefined();
    expect(toMinorUnits("-1", "USD")).toBeUndefined();
  });

  test("is written into a form so that it is read as the same", () => {
    for (const currency of ["USD", "JPY", "KWD"])
      expect(toMinorUnits(fromMinorUnits(17_805, currency), currency)).toBe(17_805);
  });
});

describe("local times", () => {
  test("are the airport's, whatever the reader's zone", () => {
    expect(clock("2026-12-06T00:05:00-05:00")).toBe("00:05");
    expect(dayText("en", "2026-12-06T23:30:00-05:00")).toBe("Sun, Dec 6");
    expect(dayText("de", "2026-12-06", "long")).toBe("Sonntag, 6. Dezember 2026");
  });

  test("say their offset", () => {
    expect(zone("2026-12-06T06:00:00-05:00")).toBe("UTC−5");
    expect(zone("2026-12-06T06:00:00+05:45")).toBe("UTC+5:45");
    expect(zone("2026-12-06T06:00:00Z")).toBe("UTC");
    expect(zone("2026-12-06T06:00:00+00:00")).toBe("UTC");
  });

  test("arrive a day later, two days later or the day before", () => {
    expect(dayShift("2026-12-31T23:00:00+01:00", "2027-01-01T06:00:00+00:00")).toBe(1);
    expect(dayShift("2026-12-06T22:00:00-08:00", "2026-12-08T07:00:00+13:00")).toBe(2);
    expect(dayShift("2026-12-06T08:00:00+13:00", "2026-12-05T20:00:00-10:00")).toBe(-1);
  });

  test("last as long as they last, over zones and changes of the clocks", () => {
    expect(minutesBetween("2026-12-06T06:00:00-05:00", "2026-12-06T08:45:00-08:00")).toBe(345);
    expect(minutesBetween("2027-03-14T01:30:00-05:00", "2027-03-14T04:30:00-04:00")).toBe(120);
  });

  test("at midnight are 00, not 24", () => {
    expect(instantText("en", "2026-12-06T00:28:00Z")).toContain("00:28");
  });
});

describe("instants of local times", () => {
  test.each([
    ["2026-12-06T06:00", "America/New_York", "2026-12-06T11:00:00.000Z"],
    ["2026-12-06T06:00", "Asia/Kathmandu", "2026-12-06T00:15:00.000Z"],
    ["2026-12-06T06:00", "Pacific/Auckland", "2026-12-05T17:00:00.000Z"],
    ["2026-07-06T23:59", "Europe/Vienna", "2026-07-06T21:59:00.000Z"],
    // Twice on this night: the first.
    ["2026-10-25T02:30", "Europe/Vienna", "2026-10-25T00:30:00.000Z"],
  ])("%s in %s", (local, timeZone, expected) => {
    expect(zonedInstant(local, timeZone)).toBe(expected);
  });
});

test("days", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2027-03-01", -1)).toBe("2027-02-28");
  expect(isDay("2026-02-30")).toBe(false);
  expect(isDay("2026-2-3")).toBe(false);
  expect(isDay("2028-02-29")).toBe(true);
});
