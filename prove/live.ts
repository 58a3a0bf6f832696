import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium, locate } from '../scripts/services/debian-packages.ts';
import { launchChromium, SIZES } from '../test/support/board-browser.ts';
import { startPlatform } from '../test/support/built-platform.ts';
import { withDirectory } from '../test/support/journal.ts';
import { largeSite } from '../test/support/large-site.ts';
import { type Load, startLoad } from './live-load.ts';
import { record } from './live-page.ts';
import type { Outcome, Proof } from './proof.ts';

const SITE = 'daxing';
const VALUES_P95_MS = 1000;
const CHANGES_P95_MS = 300;
const LONG_TASK_MS = 200;
const GROWTH_MB = 20;
/** Until the page, the stores and the compiler are warm. */
const LOADING_MS = 15_000;
const AWAY_MS = 6000;
const AGAIN_MS = 10_000;

interface Measured {
  readonly values: readonly number[];
  readonly changes: readonly number[];
  readonly longest_ms: number;
  readonly growth_MB: number;
  readonly faults: readonly string[];
}

export const live: Proof = {
  name: 'live',
  promise:
    'a board of 5,000 points at 1 Hz paints values within 1 s and changes within 300 ms, stays light, and shows nothing stale as fresh',
  fullCount: 600,
  run: ({ count, say }) =>
    withDirectory(async (directory) => {
      const platform = await startPlatform(join(directory, 'data'), { LOG_LEVEL: 'error' });
      const browser = await launchChromium(locate(chromium));
      let load: Load | null = null;
      try {
        const page = await (await browser.newContext({ viewport: SIZES.wall })).newPage();
        page.on('pageerror', (error) => say(`in the page: ${error.message}`));
        // The loader that runs us names functions by a word the page does not know.
        await page.addInitScript('globalThis.__name = (named) => named');
        await page.addInitScript(record);
        await page.goto(platform.setupLink ?? '');
        for (const [name, value] of Object.entries({
          name: '王建国',
          username: 'chief',
          'new-password': 'a long enough secret',
          repeat: 'a long enough secret',
        }))
          await page.fill(`input[name=${name}]`, value);
        await page.click('button[type=submit]');
        await page.waitForURL(/\/s\//);
        const ask = asker(page);
        const { file, sections } = largeSite(SITE, 1);
        await ask('PUT', `/sites/${SITE}/file`, file);
        const account = JSON.parse(await ask('POST', `/sites/${SITE}/credentials/GW`, {}));
        const url = platform.simulate[platform.simulate.indexOf('--broker') + 1] ?? '';
        load = await startLoad(SITE, file.devices, { url, ...account });
        await wait(3000);
        await page.goto(`${platform.url}/s/${SITE}`);
        await page.locator('.side .bus').first().waitFor({ timeout: 60_000 });
        await wait(LOADING_MS);
        const measured = await watch(page, ask, load, sections, count, say);
        return judge(measured, load.sent);
      } finally {
        await load?.stop();
        await browser.close();
        await platform.kill();
      }
    }),
};

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof launchChromium>>['newPage']>>;
type Ask = (method: string, path: string, body?: object) => Promise<string>;

/** Requests with the page's own session. */
function asker(page: Page): Ask {
  return async (method, path, body) => {
    const [status, text] = await page.evaluate(
      async ([verb, to, content]) => {
        const { csrf } = await (await fetch('/api/v1/session')).json();
        const headers = {
          'content-type': 'application/json',
          'x-csrf-token': csrf,
          'idempotency-key': crypto.randomUUID(),
        };
        const answer = await fetch(`/api/v1${to}`, { method: verb, headers, body: content });
        return [answer.status, await answer.text()] as const;
      },
      [method, path, body === undefined ? null : JSON.stringify(body)] as const,
    );
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`);
    return text;
  };
}

async function watch(
  page: Page,
  ask: Ask,
  load: Load,
  sections: readonly string[],
  seconds: number,
  say: (text: string) => void,
): Promise<Measured> {
  const faults: string[] = [];
  const began = Date.now();
  const before = await heap_MB(page);
  const every_ms = Math.max(1500, (seconds * 1000) / 40);
  let opened = 0;
  const open = () => {
    const node = sections[(opened * 7) % sections.length] ?? '';
    opened += 1;
    return ask('POST', `/sites/${SITE}/incidents`, { node, from: new Date().toISOString(), reason: 'proof' });
  };
  while (Date.now() - began < seconds * 1000) {
    await open();
    await wait(every_ms);
  }
  const growth_MB = (await heap_MB(page)) - before;
  const { values, came, painted, longTasks } = await page.evaluate(() => window.recorded);

  const longest = longTasks.filter(([at]) => at > began).sort(([, a], [, b]) => b - a);
  for (const [at, length] of longest.slice(0, 3))
    say(`a task of ${length.toFixed(0)} ms after ${((at - began) / 1000).toFixed(0)} s`);
  say(
    `${values.length} pictures of the marked value, ${Object.keys(painted).length} of ${opened} incidents painted`,
  );
  await page.evaluate(() => window.cut(true));
  await page
    .locator('.shell.stale')
    .waitFor({ timeout: 5000 })
    .catch(() => faults.push('a cut line was not shown'));
  await open();
  await wait(AWAY_MS);
  if ((await page.locator('.shell.stale').count()) === 0) faults.push('stale data looked fresh');
  await page.evaluate(() => window.cut(false));
  await page
    .locator('.shell:not(.stale)')
    .waitFor({ timeout: 20_000 })
    .catch(() => faults.push('the line did not come back'));
  const missed = await untilSame(page, ask);
  if (missed !== null) faults.push(`what happened meanwhile was missed: ${missed}`);

  return {
    values: values.flatMap(([text, at]) => {
      const left = load.sentAt(text);
      return at < began || left === null || left < began - 5000 ? [] : [at - left];
    }),
    changes: Object.entries(painted).flatMap(([id, at]) => (at === 0 ? [] : [at - (came[id] ?? at)])),
    longest_ms: longest[0]?.[1] ?? 0,
    growth_MB,
    faults,
  };
}

/** Until the board counts as many open incidents as the server; what stands on both when it never does. */
async function untilSame(page: Page, ask: Ask): Promise<string | null> {
  let last = '';
  for (const until = Date.now() + AGAIN_MS; Date.now() < until; await wait(250)) {
    const { items } = JSON.parse(await ask('GET', `/sites/${SITE}/incidents?state=open&limit=500`));
    const shown = /(\d+) 起/.exec((await page.locator('.headline').textContent()) ?? '')?.[1] ?? '0';
    last = `${items.length} open, ${shown} shown`;
    if (items.length === Number(shown)) return null;
  }
  return last;
}

async function heap_MB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

function judge({ values, changes, longest_ms, growth_MB, faults }: Measured, sent: number): Outcome {
  const slowValue = p95(values);
  const slowChange = p95(changes);
  const passed =
    slowValue < VALUES_P95_MS &&
    slowChange < CHANGES_P95_MS &&
    longest_ms <= LONG_TASK_MS &&
    growth_MB < GROWTH_MB &&
    faults.length === 0;
  const figure = [
    `${sent} messages`,
    `values p95 ${slowValue.toFixed(0)} ms (${values.length})`,
    `changes p95 ${slowChange.toFixed(0)} ms (${changes.length})`,
    `longest task ${longest_ms.toFixed(0)} ms`,
    `heap +${growth_MB.toFixed(1)} MB`,
    ...faults,
  ].join(', ');
  return { passed, figure };
}

/** Infinite without a single measurement: nothing seen is no proof. */
function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.POSITIVE_INFINITY;
}
