// Measures the main screens of a running front end and prints one table; fails when a limit is missed. FRONTEND_URL and
// GATEWAY_URL say where it is. With --bytes only the size of scripts, which does not depend on the machine.
import { parseArgs } from "node:util";
import { firstLoad } from "./figures/first-load.mjs";
import { screens } from "./figures/screens.mjs";
import { base, signIn, signUp } from "./traveller.mjs";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    only: { type: "string" },
    bytes: { type: "boolean", default: false },
  },
});
const chosen = screens.filter(({ name }) => options.only === undefined || name === options.only);
if (chosen.length === 0) throw new Error(`--only is one of ${screens.map(({ name }) => name).join(", ")}`);

const LIMITS = { performance: { mobile: 90, desktop: 98 }, score: 100, shift: 0.02 };
let missed = 0;

const traveller = await signUp("Ada Lovelace");
if (options.bytes) {
  printRow("screen", "script kB");
  for (const screen of chosen) printRow(screen.name, await scriptCell(screen, await visit(screen)));
} else {
  const { DEVICES, audit } = await import("./figures/lighthouse.mjs");
  printRow("screen", "script kB", "device", "perf.", "access.", "practices", "SEO", "CLS", "LCP s", "machine");
  for (const screen of chosen) {
    for (const device of DEVICES) {
      const visited = await visit(screen);
      const script = await scriptCell(screen, visited);
      const found = await audit(visited.url, { device, runs: Number(options.runs), ...visited });
      printRow(screen.name, script, device, ...scoreCells(found, device));
      for (const complaint of found.complaints) console.log(`    ${complaint}`);
    }
  }
  console.log(
    `\nperformance and LCP: median of ${options.runs}, the others the worst; machine: Lighthouse's benchmark index`,
  );
}
console.log(missed === 0 ? "\nevery limit is kept" : `\n${missed} missed, marked with !`);
process.exitCode = missed === 0 ? 0 : 1;

/** A session of its own for each visit, since a refreshed one would make the cookies that Lighthouse sends stale. */
async function visit({ path, isPrivate = false }) {
  const cookies = isPrivate ? await signIn(traveller) : [];
  return { url: base + (await path(cookies)), cookies, isPrivate };
}

async function scriptCell({ kilobytes }, { url, cookies }) {
  const found = await firstLoad(url, cookies);
  return limited(`${found.toFixed(1)}/${kilobytes}`, found <= kilobytes);
}

function scoreCells(found, device) {
  return [
    limited(found.performance, found.performance >= LIMITS.performance[device]),
    limited(found.accessibility, found.accessibility >= LIMITS.score),
    limited(found.bestPractices, found.bestPractices >= LIMITS.score),
    limited(found.seo, found.seo >= LIMITS.score),
    limited(found.shift.toFixed(3), found.shift <= LIMITS.shift),
    (found.largestPaint / 1000).toFixed(1),
    Math.round(found.machine),
  ];
}

function limited(cell, isKept) {
  if (!isKept) missed++;
  return isKept ? `${cell}` : `${cell} !`;
}

function printRow(screen, ...cells) {
  console.log(screen.padEnd(10) + cells.map((cell) => String(cell).padStart(12)).join(""));
}
