import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { root } from './built-platform.ts';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const SIZES = {
  wall: { width: 1920, height: 1080 },
  desk: { width: 1366, height: 768 },
  phone: { width: 390, height: 844 },
  tiny: { width: 320, height: 640 },
} as const;
export type Size = keyof typeof SIZES;

/** Chromium as `npm run test:services` found it; without it the tests of a file are skipped, and the run says why. */
export function chromiumForTests(): string | undefined {
  const path = process.env.TEST_CHROMIUM;
  if (path === undefined) process.stdout.write('skipped: needs TEST_CHROMIUM, see `npm run test:services`\n');
  return path;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** What a person would see in the console: everything that is an error, except that nobody is signed in yet. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const asked = message.location().url;
    if (asked.endsWith('/api/v1/session') && message.text().includes('401')) return;
    errors.push(`${message.text()} ${asked}`);
  });
  return errors;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules broken on the page as it stands, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    interface Result {
      violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
    }
    const { axe } = window as unknown as { axe: { run(options: object): Promise<Result> } };
    const { violations } = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 5)
        .map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
    );
  });
}

export async function chooseTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((chosen) => {
    document.documentElement.dataset.theme = chosen;
  }, theme);
}

/** Keeps a picture as an artefact, and says whether the page scrolls sideways. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(root, 'artefacts', 'screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const scrollers = [document.documentElement, ...document.querySelectorAll('#content')];
    return Math.max(...scrollers.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  });
}

/** One request with the page's own session, as the page would send it. */
export function send(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  return page.evaluate(
    async ([verb, to, content]) => {
      const session = await (await fetch('/api/v1/session')).json();
      const etag = verb === 'PUT' ? (await fetch(`/api/v1${to}`)).headers.get('etag') : null;
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'x-csrf-token': session.csrf,
        ...(etag === null ? {} : { 'if-match': etag }),
      };
      const init = { method: verb, headers, ...(content === null ? {} : { body: content }) };
      const response = await fetch(`/api/v1${to}`, init);
      return { status: response.status, text: await response.text() };
    },
    [method, path, body === undefined ? null : JSON.stringify(body)] as const,
  );
}

export type { BrowserContext, Page };
