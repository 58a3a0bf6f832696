import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { type LargeBoard, openLargeBoard } from '../support/large-board.ts';

const chromiumPath = chromiumForTests();

const FAULTS = 200;
/** Cards are for those that are looked at one by one. */
const CARDS_MAX = 10;

describe.skipIf(chromiumPath === undefined)(
  'two hundred faults at once on 5,000 points',
  { retry: 0 },
  () => {
    let board: LargeBoard;
    let browser: Awaited<ReturnType<typeof launchChromium>>;
    let page: Page;
    let errors: string[];

    beforeAll(async () => {
      board = await openLargeBoard(FAULTS);
      browser = await launchChromium(chromiumPath ?? '');
      const context = await browser.newContext({ viewport: SIZES.wall });
      await board.signIn(context);
      page = await context.newPage();
      errors = collectErrors(page);
    }, 400_000);
    afterAll(async () => {
      await browser?.close();
      await board?.close();
    });

    it('stay readable: the most urgent as cards, the rest in groups by what they have in common', async () => {
      await page.goto(`${board.base}${board.path}`);
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
      await page.goto(`${board.base}${board.path}/incidents?show=open`);
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(1_000);
      expect(await sidewaysOverflow(page)).toBe(0);
      await picture(page, 'incidents-flood-wall-light');
      expect(await axeViolations(page)).toEqual([]);
    }, 60_000);
  },
);
