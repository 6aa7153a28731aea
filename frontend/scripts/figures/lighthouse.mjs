import { createServer } from "node:net";
import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromiumOptions } from "../chromium.mjs";

export const DEVICES = ["mobile", "desktop"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

/** A page as Lighthouse sees it: of several runs the median where time plays a part, else the worst. */
export async function audit(url, { device, runs, cookies, isPrivate }) {
  const results = [];
  for (let run = 0; run < runs; run++) results.push(await auditOnce(url, { device, cookies, isPrivate }));
  const score = (category) => results.map(({ categories }) => Math.round(categories[category].score * 100));
  const number = (name) => results.map(({ audits }) => audits[name].numericValue);
  return {
    performance: median(score("performance")),
    accessibility: Math.min(...score("accessibility")),
    bestPractices: Math.min(...score("best-practices")),
    seo: Math.min(...score("seo")),
    shift: Math.max(...number("cumulative-layout-shift")),
    largestPaint: median(number("largest-contentful-paint")),
    machine: median(results.map(({ environment }) => environment.benchmarkIndex)),
    complaints: [...new Set(results.flatMap(complaints))],
  };
}

/** Once more when Lighthouse itself failed: now and then its recording has no beginning. */
async function auditOnce(url, options, isLast = false) {
  const lhr = await openAndAudit(url, options);
  if (lhr.runtimeError && isLast) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  if (lhr.runtimeError) return auditOnce(url, options, true);
  if (lhr.finalDisplayedUrl !== url) throw new Error(`${url} led to ${lhr.finalDisplayedUrl}`);
  return lhr;
}

/** A browser of its own, so that no run finds what another one left in the cache. */
async function openAndAudit(url, { device, cookies, isPrivate }) {
  const port = await freePort();
  const args = [...chromiumOptions.args, `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ ...chromiumOptions, args });
  try {
    const config = device === "desktop" ? desktopConfig : undefined;
    const flags = {
      port,
      logLevel: "error",
      onlyCategories: CATEGORIES,
      skipAudits: isPrivate ? ["is-crawlable"] : [],
      extraHeaders: { cookie: cookies.join("; ") },
    };
    const { lhr } = await lighthouse(url, flags, config);
    return lhr;
  } finally {
    await browser.close();
  }
}

/** What keeps a category from 100, other than time. */
function complaints({ categories, audits }) {
  return CATEGORIES.slice(1).flatMap((category) =>
    categories[category].auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
      .map(({ id }) => `${category}: ${id} (${audits[id].title})`),
  );
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
