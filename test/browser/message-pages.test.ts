import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkToken } from '../../core/dispatch/link-token.ts';
import { ownerToken } from '../../core/notices/owner-link.ts';
import { announce, isPlanRefusal } from '../../core/planned/change.ts';
import { type ApiWorld, createScribe, incidentAt, openApiWorld } from '../support/api-world.ts';
import {
  axeViolations,
  type BrowserContext,
  chromiumForTests,
  collectErrors,
  launchChromium,
  type Page,
  picture,
  SIZES,
  sidewaysOverflow,
} from '../support/board-browser.ts';
import { root } from '../support/built-platform.ts';

const chromiumPath = chromiumForTests();
const HOUR = 3_600_000;

// One story in order.
describe.skipIf(chromiumPath === undefined)('pages opened from a message, in Chromium', { retry: 0 }, () => {
  let world: ApiWorld;
  let scribe: ReturnType<typeof createScribe>;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  let base: string;
  let owner: string;
  let engineer: string;

  beforeAll(async () => {
    world = await openApiWorld({
      publicUrl: null,
      clock: { now: Date.now, monotonic: () => performance.now() },
      dashboardDirectory: join(root, 'dashboard', 'dist'),
    });
    world.now.at = Date.now();
    scribe = createScribe(world);
    base = await world.server.listen({ port: 0, host: '127.0.0.1' });
    const person = (await world.stores.people.list('s1', { limit: 1 }))[0]?.id ?? '';
    owner = `${base}/o/${ownerToken({ site: 's1', person }, world.deps.signer, Date.now())}`;
    browser = await launchChromium(chromiumPath ?? '');
    await past();
    await lost();
  }, 400_000);

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  async function past(): Promise<void> {
    const from = Date.now() - 50 * HOUR;
    const to = from + 2.3 * HOUR;
    const affected = [{ node: 'u-1', phases: 'ABC', from, to, basis: 'confirmed' }] as const;
    const ended = { state: 'restored', restoredAt: to, closedAt: to, cause: 'equipment', affected } as const;
    const body = {
      id: 'x1',
      node: 'u-1',
      premises: '1',
      phases: 'ABC',
      from,
      to,
      momentary: false,
      operations: 1,
      planned: null,
      causes: [{ incident: 'old', from, to }],
    } as const;
    const line = { type: 'closed', at: to, reason: 'test', body } as const;
    await scribe({ incidents: [incidentAt('old', from, ended)], ledger: [line] });
    await estimate('old', 'final', 2070, 138);
    const window = { nodes: ['R1'], from: Date.now() + 200 * HOUR, to: Date.now() + 204 * HOUR };
    const rules = { required_h: [24], ahead_h: [24], grace_s: 900 };
    const about = { id: 'p1', site: 's1', work: 'maintenance', note: null, rules, ...window } as const;
    const plan = announce(about, { by: 'test', at: Date.now() });
    if (isPlanRefusal(plan)) throw new Error(plan.refused);
    await world.stores.planned.add({ plan, notices: [], at: Date.now() });
  }

  const estimate = (incident: string, state: 'running' | 'final', amount_minor: number, minutes: number) =>
    world.stores.estimates.put([
      {
        site: 's1',
        incident,
        premises: '1',
        scheme: 'x',
        state,
        minutes,
        amount_minor,
        currency: 'CNY',
        trace: [],
        refused: null,
        at: Date.now(),
      },
    ]);

  async function lost(): Promise<void> {
    const onset = Date.now() - 1.6 * HOUR;
    const affected = [{ node: 'u-1', phases: 'ABC', from: onset, to: null, basis: 'confirmed' }] as const;
    const outlook = { cause: 'cable', eta: Date.now() + HOUR } as const;
    await scribe({ incidents: [incidentAt('B4C5D6E7', onset, { onset, affected, ...outlook })] });
    await estimate('B4C5D6E7', 'running', 1455, 97);
    const staff = {
      name: '张工',
      phone: '+8613900000001',
      language: 'zh-CN',
      skills: [],
      account: null,
    } as const;
    await world.stores.staff.put('s1', { id: 'e1', active: true, ...staff });
    const manager = await world.hire('manager', 'all');
    const { openDispatch } = await import('../../core/dispatch/open.ts');
    const { DISPATCH_DEFAULTS } = await import('../../core/dispatch/settings.ts');
    const incident = await world.stores.incidents.get('s1', 'B4C5D6E7');
    if (incident === null) throw new Error('no incident');
    const rules = DISPATCH_DEFAULTS.rules.urgent;
    const given = {
      id: 'd1',
      site: 's1',
      severity: 'urgent',
      rules,
      concernsOwners: true,
      at: Date.now(),
    } as const;
    await world.stores.dispatches.open({
      dispatch: openDispatch(incident, given),
      notices: [],
      at: Date.now(),
    });
    const asked = await world.ask({
      method: 'POST',
      url: '/api/v1/sites/s1/incidents/B4C5D6E7/dispatch/offer',
      payload: { engineer: 'e1' },
      by: manager,
    });
    if (asked.statusCode !== 200) throw new Error(asked.body);
    engineer = `${base}/d/${linkToken({ dispatch: 'd1', n: 1 }, world.deps.signer)}`;
  }

  async function phone(language: 'zh-CN' | 'en', theme: 'light' | 'dark', url: string) {
    const context = await browser.newContext({
      viewport: SIZES.phone,
      colorScheme: theme,
      locale: language,
      deviceScaleFactor: 2,
    });
    await context.addInitScript((spoken) => localStorage.setItem('relight.language', spoken), language);
    const page = await context.newPage();
    const errors = collectErrors(page);
    await page.goto(url, { waitUntil: 'networkidle' });
    return { context, page, errors };
  }

  async function shows(page: Page, name: string): Promise<void> {
    await page.waitForSelector('.card');
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    expect(await axeViolations(page)).toEqual([]);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: SIZES.phone.width, height: Math.max(SIZES.phone.height, height) });
    await picture(page, name);
  }

  for (const language of ['zh-CN', 'en'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      it(`the owner’s page during an outage, ${language}, ${theme}`, async () => {
        const { context, page, errors } = await phone(language, theme, owner);
        await shows(page, `owner-off-${language}-${theme}`);
        const text = await page.textContent('main');
        expect(text).toContain(language === 'en' ? 'No power' : '停电中');
        expect(text).toContain(language === 'en' ? 'damaged cable' : '电缆受损');
        expect(text).toContain('14.55');
        expect(errors).toEqual([]);
        await context.close();
      });

      it(`the engineer’s page, ${language}, ${theme}`, async () => {
        const { context, page, errors } = await phone(language, theme, engineer);
        await shows(page, `engineer-${language}-${theme}`);
        expect(await page.textContent('main')).toContain('R1');
        expect(errors).toEqual([]);
        await context.close();
      });
    }
  }

  it('the first load of either is under 60 kB', async () => {
    for (const url of [owner, engineer]) {
      const context: BrowserContext = await browser.newContext({ viewport: SIZES.phone });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      let bytes = 0;
      session.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      await page.goto(url, { waitUntil: 'networkidle' });
      console.info(`${url.slice(base.length, base.length + 3)} first load ${bytes} bytes`);
      expect(bytes).toBeLessThan(60_000);
      await context.close();
    }
  });

  it('the owner’s page shows what was last known while there is no network, and how old it is', async () => {
    const { context, page } = await phone('zh-CN', 'dark', owner);
    await page.waitForSelector('.card');
    await page.route('**/api/**', (route) => route.abort());
    await page.reload();
    await page.waitForSelector('.bar');
    expect(await page.textContent('main')).toMatch(/没有网络[\s\S]*1 分钟前[\s\S]*停电中/);
    await picture(page, 'owner-offline');
    await context.close();
  });

  const dispatchNow = async () => (await world.stores.dispatches.byId('d1'))?.dispatch;

  it('what the engineer says without network waits in sight, survives a reload, and is sent once', async () => {
    const { context, page } = await phone('zh-CN', 'light', engineer);
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.headers()['idempotency-key'] ?? '');
    });
    await page.waitForSelector('.card');
    await context.setOffline(true);
    await page.click('button:has-text("接单")');
    await page.waitForSelector('text=待发送：接单');
    await page.waitForSelector('text=还没有发出去');
    expect(await page.textContent('dl')).toContain('等待接单');
    expect(await page.locator('button.big:has-text("接单")').count()).toBe(0);
    expect((await dispatchNow())?.state).toBe('offered');
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'engineer-waiting');
    // The page is there, the server is not: the answer to what it takes gets lost on the way.
    await page.route('**/api/v1/d/**', async (route) => {
      if (route.request().method() === 'POST') await route.fetch().catch(() => undefined);
      await route.abort();
    });
    await context.setOffline(false);
    await expect.poll(async () => (await dispatchNow())?.state, { timeout: 30_000 }).toBe('accepted');
    await page.reload();
    await page.waitForSelector('text=待发送：接单');
    await page.unroute('**/api/v1/d/**');
    await page.waitForSelector('dd:has-text("已接单")', { timeout: 40_000 });
    await expect.poll(() => page.locator('text=待发送').count()).toBe(0);
    expect(await page.locator('.refused').count()).toBe(0);
    expect(new Set(posts).size).toBe(1);
    expect(posts.length).toBeGreaterThan(1);
    const accepted = (await dispatchNow())?.history.filter(({ event }) => event === 'accepted');
    expect(accepted).toHaveLength(1);
    await context.close();
  }, 120_000);

  it('a word that is refused once there is a network says so, and one taken back is never sent', async () => {
    const { context, page } = await phone('zh-CN', 'dark', engineer);
    await page.waitForSelector('button:has-text("我已到场")');
    await context.setOffline(true);
    await page.click('button:has-text("我已到场")');
    await page.waitForSelector('text=待发送：到场');
    await page.click('button:has-text("撤回，不发")');
    await page.waitForSelector('button.big:has-text("我已到场")');
    await page.click('button.big:has-text("我已到场")');
    await page.waitForSelector('text=待发送：到场');
    // Meanwhile another telephone says the same.
    const other = await phone('zh-CN', 'light', engineer);
    await other.page.click('button:has-text("我已到场")');
    await other.page.waitForSelector('dd:has-text("已到场")');
    await other.context.close();
    await context.setOffline(false);
    await page.waitForSelector('.refused:has-text("没有执行：状态已变化")', { timeout: 40_000 });
    await page.waitForSelector('dd:has-text("已到场")');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'engineer-not-taken');
    await page.click('button:has-text("知道了")');
    expect(await page.locator('.refused').count()).toBe(0);
    expect((await dispatchNow())?.history.filter(({ event }) => event === 'on_site')).toHaveLength(1);
    await context.close();
  }, 120_000);

  it('the owner sees that somebody is there, then that it is over, says how it went and that it is dark all the same', async () => {
    const { context, page } = await phone('zh-CN', 'light', owner);
    await page.waitForSelector('strong:has-text("已到场")');
    const to = Date.now();
    const affected = [{ node: 'u-1', phases: 'ABC', from: to - 1.6 * HOUR, to, basis: 'confirmed' }] as const;
    const ended = { state: 'restored', restoredAt: to, closedAt: to, affected } as const;
    await scribe({ incidents: [incidentAt('B4C5D6E7', to - 1.6 * HOUR, ended)] });
    await page.waitForTimeout(1_200);
    await page.reload({ waitUntil: 'networkidle' });
    await page.waitForSelector('text=供电正常');
    await shows(page, 'owner-on');
    await page.click('.faces button >> nth=3');
    await page.waitForSelector('text=您的评价：4 分');
    await shows(page, 'owner-rated');
    await page.click('text=我家仍然没电');
    await page.fill('textarea >> nth=0', '电梯也停了');
    await shows(page, 'owner-still-dark');
    await page.click('text=告诉物业');
    await page.waitForSelector('text=已告知物业没电');
    expect(await world.stores.owners.reports({ site: 's1', open: true, limit: 5 })).toMatchObject([
      { premises: '1', note: '电梯也停了' },
    ]);
    await context.close();
  });

  it('a link nobody signed opens a page that says so', async () => {
    const { context, page } = await phone('en', 'light', `${base}/o/${'0'.repeat(34)}`);
    await page.waitForSelector('text=This link has expired');
    await picture(page, 'owner-gone');
    await context.close();
  });
});
