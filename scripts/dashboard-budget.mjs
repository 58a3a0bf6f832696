// Fails when what the browser must load before the live board, or any other page, stands is heavier than agreed (gzip -9, runtime
// included). `npm run build` runs it, and so does a test.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = { js: 85, css: 12, fonts: 24 };
/** Any page with its charts and dialogs. */
const PAGE_JS_KB = 110;

const dist = fileURLToPath(new URL('../dashboard/dist', import.meta.url));
const manifestFile = join(dist, '.vite', 'manifest.json');
if (!existsSync(manifestFile)) {
  console.error('dashboard/dist has no manifest: run `npx vite build dashboard` first');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));

/** An entry and a page with everything they import, dynamic imports of other pages left out. */
function filesOf(page) {
  const files = new Set();
  const open = ['index.html', page];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const chunk = manifest[key];
    if (chunk === undefined) {
      console.error(`the manifest knows no ${key}`);
      process.exit(1);
    }
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    for (const sheet of chunk.css ?? []) files.add(sheet);
    for (const asset of chunk.assets ?? []) files.add(asset);
    open.push(...(chunk.imports ?? []));
  }
  return files;
}

const kinds = { js: /\.js$/, css: /\.css$/, fonts: /\.woff2$/ };
let failed = false;

function weigh(what, files, kind, budget_kB, always) {
  let bytes = 0;
  for (const file of files) {
    if (!kinds[kind].test(file)) continue;
    const content = readFileSync(join(dist, file));
    bytes += kind === 'fonts' ? content.length : gzipSync(content, { level: 9 }).length;
  }
  const kilobytes = bytes / 1000;
  const over = kilobytes > budget_kB;
  failed ||= over;
  if (over || always)
    console.log(
      `${what}, ${kind}: ${kilobytes.toFixed(1)} kB of ${budget_kB} kB${over ? '  TOO HEAVY' : ''}`,
    );
  return kilobytes;
}

const board = filesOf('src/pages/Board.svelte');
for (const [kind, budget] of Object.entries(BUDGET_KB)) weigh('live board', board, kind, budget, true);

const pages = Object.keys(manifest).filter((key) => /^src\/pages\/.*\.svelte$/.test(key));
const weights = pages.map((page) => [weigh(page, filesOf(page), 'js', PAGE_JS_KB, false), page]);
const [heaviest, page] = weights.sort(([a], [b]) => b - a)[0];
console.log(`heaviest page: ${page}, js ${heaviest.toFixed(1)} kB of ${PAGE_JS_KB} kB`);

/** Pages opened from a message, over whatever network is left: everything they load, fonts included. */
const PAGE_KB = 35;
for (const page of ['owner.html', 'engineer.html']) {
  const loaded = new Set();
  const waiting = [page];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const chunk = manifest[key];
    if (chunk === undefined || loaded.has(chunk.file)) continue;
    loaded.add(chunk.file);
    for (const sheet of chunk.css ?? []) loaded.add(sheet);
    waiting.push(...(chunk.imports ?? []));
  }
  let bytes = 0;
  for (const file of loaded) bytes += gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  const kilobytes = bytes / 1000;
  failed ||= kilobytes > PAGE_KB;
  console.log(
    `${page}: ${kilobytes.toFixed(1)} kB of ${PAGE_KB} kB${kilobytes > PAGE_KB ? '  TOO HEAVY' : ''}`,
  );
}
process.exit(failed ? 1 : 0);
