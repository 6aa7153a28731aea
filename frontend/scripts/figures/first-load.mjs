import { gzipSync } from "node:zlib";

/** How much script a page loads first, gzipped, in kB (1000 bytes). */
export async function firstLoad(url, cookies) {
  const html = await fetch(url, { headers: { cookie: cookies.join("; ") } }).then((answer) => answer.text());
  const scripts = [...html.matchAll(/<script [^>]*src="([^"]+)"[^>]*>/g)].filter(([tag]) => !/nomodule/i.test(tag));
  const preloads = [...html.matchAll(/<link [^>]*as="script"[^>]*href="([^"]+)"/g)];
  const sources = new Set([...scripts, ...preloads].map(([, source]) => new URL(source, url).href));
  if (sources.size === 0) throw new Error(`${url} loads no script at all`);
  let bytes = 0;
  for (const source of sources) bytes += await sizeOf(source);
  return bytes / 1000;
}

const sizes = new Map();

async function sizeOf(source) {
  if (!sizes.has(source)) {
    const script = await fetch(source).then((answer) => answer.arrayBuffer());
    sizes.set(source, gzipSync(Buffer.from(script), { level: 9 }).length);
  }
  return sizes.get(source);
}
