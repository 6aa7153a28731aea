// Prints how much script each screen loads first, gzipped, and fails when one is over its budget. For a running front end:
// FRONTEND_URL, and SESSION_COOKIE for the screens behind signing in.
import { gzipSync } from "node:zlib";

const base = process.env.FRONTEND_URL ?? "http://127.0.0.1:3000";
const cookie = process.env.SESSION_COOKIE ?? "";
const day = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);

/** kB (1000 bytes). */
const screens = [
  { name: "home", path: "/", budget: 140 },
  { name: "results", path: `/flights?from=JFK&to=LAX&date=${day}`, budget: 140 },
  { name: "sign-in", path: "/signin", budget: 155 },
  { name: "payment", path: process.env.CHECKOUT_PATH, budget: 175 },
];

const sizes = new Map();

async function sizeOf(path) {
  if (!sizes.has(path)) {
    const script = await fetch(base + path).then((answer) => answer.arrayBuffer());
    sizes.set(path, gzipSync(Buffer.from(script), { level: 9 }).length);
  }
  return sizes.get(path);
}

let isOver = false;
for (const { name, path, budget } of screens) {
  if (path === undefined) continue;
  const html = await fetch(base + path, { headers: { cookie } }).then((answer) => answer.text());
  const scripts = [...html.matchAll(/<script [^>]*src="([^"]+)"[^>]*>/g)].filter(([tag]) => !/nomodule/i.test(tag));
  const preloads = [...html.matchAll(/<link [^>]*as="script"[^>]*href="([^"]+)"/g)];
  const paths = new Set([...scripts, ...preloads].map(([, source]) => source));
  let bytes = 0;
  for (const source of paths) bytes += await sizeOf(source);
  const kilobytes = bytes / 1000;
  isOver ||= kilobytes > budget;
  console.log(
    `${name.padEnd(10)} ${kilobytes.toFixed(1).padStart(7)} kB of ${budget} ${kilobytes > budget ? "OVER" : ""}`,
  );
}
process.exit(isOver ? 1 : 0);
