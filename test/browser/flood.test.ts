import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../api/app.ts';
import { parseSite } from '../../contracts/site-file.ts';
import { buildIfOlder } from '../../scripts/build-if-older.mjs';
import { type ApiWorld, createScribe, incidentAt, openApiWorld } from '../support/api-world.ts';
import {
  axeViolations,
  chooseTheme,
  chromiumForTests,
  collectErrors,
  launchChromium,
  type Page,
  picture,
  SIZES,
  sidewaysOverflow,
} from '../support/board-browser.ts';
import { root } from '../support/built-platform.ts';
import { largeSite } from '../support/large-site.ts';

const chromiumPath = chromiumForTests();

const SITE = 'daxing';
const FAULTS = 200;
/** Cards are for those that are looked at one by one. */
const CARDS_MAX = 10;

describe.skipIf(chromiumPath === undefined)(
  'two hundred faults at once on 5,000 points',
  { retry: 0 },
  () => {
    let world: ApiWorld;
    let api: Api;
    let browser: Awaited<ReturnType<typeof launchChromium>>;
    let page: Page;
    let errors: string[];
    let base: string;

    beforeAll(async () => {
      buildIfOlder();
      const clock = { now: Date.now, monotonic: () => performance.now() };
      world = await openApiWorld({
        clock,
        publicUrl: null,
        dashboardDirectory: join(root, 'dashboard', 'dist'),
      });
      world.now.at = Date.now();
      const { file, sections } = largeSite(SITE);
      const parsed = parseSite(file);
      if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
      const { at } = world.now;
      await world.stores.sites.put(parsed.site, file, { by: 'test', at, ifVersion: 0 });
      world.bus.publish('site', { site: SITE });
      while (world.sites.get(SITE) === undefined) await new Promise((done) => setTimeout(done, 20));
      await createScribe(
        world,
        SITE,
      )({
        incidents: sections.slice(0, FAULTS).map((root, n) => {
          const onset = at - (FAULTS - n) * 1_000;
          const units = parsed.site.nodes.filter(({ fedBy }) => fedBy === root);
          const affected = units.map(
            ({ id }) => ({ node: id, phases: 'ABC', from: onset, to: null, basis: 'confirmed' }) as const,
          );
          return incidentAt(`i${n}`, onset, { root, candidates: [root], onset, affected });
        }),
      });
      api = createApi(world.deps);
      await api.start();
      base = api.address();
      browser = await launchChromium(chromiumPath ?? '');
      const context = await browser.newContext({ viewport: SIZES.wall });
      const { headers } = await world.hire('engineer', [SITE]);
      const [name = '', value = ''] = (headers.cookie ?? '').split('=');
      await context.addCookies([{ name, value, url: base }]);
      page = await context.newPage();
      errors = collectErrors(page);
    }, 400_000);
    afterAll(async () => {
      await browser?.close();
      await api?.stop();
      await world?.close();
    });

    it('stay readable: the most urgent as cards, the rest in groups by what they have in common', async () => {
      await page.goto(`${base}/s/${SITE}`);
      await page.locator('.flood', { hasText: String(FAULTS) }).waitFor({ timeout: 60_000 });
      expect(await page.locator('.cards article').count()).toBeLessThanOrEqual(CARDS_MAX);
      const groups = page.locator('.cards details');
      await expect.poll(() => groups.count()).toBe(10);
      await groups.first().locator('summary').click();
      expect(await groups.first().getByRole('link').count()).toBeGreaterThanOrEqual(20);
      for (const theme of ['light', 'dark'] as const) {
        await chooseTheme(page, theme);
        expect(await axeViolations(page)).toEqual([]);
        await picture(page, `board-flood-wall-${theme}`);
      }
      for (const size of ['desk', 'phone', 'tiny'] as const) {
        await page.setViewportSize(SIZES[size]);
        await page.waitForTimeout(300);
        expect(await sidewaysOverflow(page)).toBe(0);
        await picture(page, `board-flood-${size}-dark`);
      }
      await page.setViewportSize(SIZES.wall);
    }, 120_000);

    it('open group by group without a fault', async () => {
      const groups = page.locator('.cards details');
      for (let n = 1; n < 5; n += 1) {
        await groups.nth(n).locator('summary').click();
        await groups.nth(n).getByRole('link').first().waitFor();
      }
      expect(errors).toEqual([]);
    }, 60_000);

    it('are a list that can be searched and paged', async () => {
      await page.goto(`${base}/s/${SITE}/incidents?show=open`);
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(1_000);
      expect(await sidewaysOverflow(page)).toBe(0);
      await picture(page, 'incidents-flood-wall-light');
      expect(await axeViolations(page)).toEqual([]);
    }, 60_000);
  },
);
