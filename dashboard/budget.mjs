/**
 * The size budget of a page's first load: its script and all that it imports statically, gzip, from Vite's manifest. What
 * a page loads on demand (player, charts, another language) does not count. `npm run build` ends with it.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const DIST = new URL("dist/", import.meta.url);
const LIMIT = 100_000;

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));
const pages = Object.keys(manifest).filter((name) => manifest[name].isEntry);

/** The chunk and its static imports, each once. */
function firstLoad(name, seen = new Set()) {
  if (!seen.has(name)) {
    seen.add(name);
    for (const each of manifest[name].imports ?? []) firstLoad(each, seen);
  }
  return seen;
}

let over = false;
for (const page of pages) {
  const files = [...firstLoad(page)].map((name) => manifest[name].file);
  const sizes = files.map((file) => [file, gzipSync(readFileSync(new URL(file, DIST))).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const figure = `${page}: ${(total / 1000).toFixed(1)} KB of script at first load`;
  if (total <= LIMIT) process.stdout.write(`${figure}\n`);
  else {
    over = true;
    const largest = sizes.sort((a, b) => b[1] - a[1]).slice(0, 5);
    const list = largest.map(([file, size]) => `  ${file} ${(size / 1000).toFixed(1)} KB`).join("\n");
    process.stderr.write(
      `${figure}, more than the ${LIMIT / 1000} KB of its budget. The largest:\n${list}\n` +
        "Load on demand what the page can begin without: import() instead of import.\n",
    );
  }
}
if (pages.length === 0) {
  over = true;
  process.stderr.write("The manifest names no page: is `build.manifest` still set in vite.config.ts?\n");
}
process.exitCode = over ? 1 : 0;
