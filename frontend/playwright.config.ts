import { defineConfig, devices } from "@playwright/test";
import { chromiumOptions } from "./scripts/chromium.mjs";

/** Runs against a stack that is up: FRONTEND_URL, GATEWAY_URL, INBOX_URL, AIRSIDE_DATA_DIR. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "tests/e2e/.results",
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.FRONTEND_URL ?? "http://127.0.0.1:3000",
    locale: "en-US",
    timezoneId: "Europe/Vienna",
    trace: "retain-on-failure",
    launchOptions: chromiumOptions,
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    {
      name: "phone",
      grepInvert: /@desktop/,
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 }, defaultBrowserType: "chromium" },
    },
  ],
});
