import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import twilio from 'twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  chooseTheme,
  chromiumForTests,
  collectErrors,
  launchChromium,
  type Page,
  picture,
  SIZES,
  send,
  sidewaysOverflow,
} from '../support/board-browser.ts';
import { freePort, type RunningPlatform, startPlatform } from '../support/built-platform.ts';
import { createTwilioDouble, type TwilioDouble } from '../support/twilio-double.ts';

const chromiumPath = chromiumForTests();
const PASSWORD = 'a long enough secret';
const PATIENT = { timeout: 20_000 };
const OWNERS = 6;
const phoneOf = (n: number) => `+86138000000${String(n).padStart(2, '0')}`;

/** A site that really sends, with an owner in each of a few homes. */
function siteFile() {
  const ids = Array.from({ length: OWNERS }, (_, n) => `${1201 + n}`);
  return {
    site: {
      id: 'jinwen',
      name: '金文大厦',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      simulated: false,
      schemes: [{ id: 'property-fee', from: '2026-01-01', parameters: { rate: '2.80' } }],
    },
    nodes: [
      { id: 'U', kind: 'feed', name: '10 kV 城北线' },
      { id: 'R1', kind: 'breaker', fedBy: 'U', name: '7 栋总开关' },
      ...ids.map((id) => ({ id: `u-${id}`, kind: 'unit', fedBy: 'R1', premises: id })),
    ],
    ties: [],
    transfers: [],
    gateways: [],
    devices: [],
    premises: ids.map((id, n) => ({
      id,
      building: '7',
      floor: 12,
      area_m2: '98.4',
      class: 'residential',
      owner: { name: `业主${n}`, phone: phoneOf(n), language: 'zh-CN' },
    })),
  };
}

// One story in order: what a manager and the cashier do around a mass send.
describe.skipIf(chromiumPath === undefined)(
  'limits, held messages, inbox, facts and accounts, in Chromium',
  { retry: 0 },
  () => {
    let platform: RunningPlatform;
    let provider: TwilioDouble;
    let browser: Awaited<ReturnType<typeof launchChromium>>;
    let page: Page;
    let errors: string[];
    let base: string;
    let board: string;
    const ends: (() => unknown)[] = [];

    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'relight-limits-'));
      ends.push(() => rmSync(folder, { recursive: true, force: true }));
      provider = await createTwilioDouble();
      ends.push(() => provider.close());
      const port = await freePort();
      base = `http://127.0.0.1:${port}`;
      platform = await startPlatform(join(folder, 'data'), {
        DEMO: 'false',
        HTTP_PORT: String(port),
        PUBLIC_URL: base,
      });
      ends.push(() => platform.kill());
      browser = await launchChromium(chromiumPath ?? '');
      ends.push(() => browser.close());
      page = await (await browser.newContext({ viewport: SIZES.desk })).newPage();
      errors = collectErrors(page);
      await page.goto(platform.setupLink ?? '');
      await page.fill('input[name=name]', '王建国');
      await page.fill('input[name=username]', 'chief');
      await page.fill('input[name=new-password]', PASSWORD);
      await page.fill('input[name=repeat]', PASSWORD);
      await page.click('button[type=submit]');
      await page.waitForURL((url) => url.pathname === '/');
      await page.locator('main.notice').waitFor();
      const saved = await send(page, 'PUT', '/sites/jinwen/file', siteFile());
      expect(saved, saved.text).toMatchObject({ status: 200 });
      board = `${base}/s/jinwen`;
      await setUpProvider();
    }, 400_000);

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail')
        await picture(page, `failed-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
    });

    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function setUpProvider(): Promise<void> {
      const { accountSid, authToken, url: baseUrl } = provider;
      const body = { accountSid, authToken, baseUrl, from: '+15005550006', price: '0.05', currency: 'CNY' };
      const status = await page.evaluate(async (settings) => {
        const { csrf } = await (await fetch('/api/v1/session')).json();
        const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf, 'if-match': '"0"' };
        const init = { method: 'PUT', headers, body: JSON.stringify(settings) };
        return (await fetch('/api/v1/channels/twilio', init)).status;
      }, body);
      expect(status).toBe(200);
    }

    /** As the provider hands over what somebody texts. */
    async function text(from: string, body: string, n: number): Promise<void> {
      const form = {
        From: from,
        To: '+15005550006',
        Body: body,
        MessageSid: `SM${String(n).padStart(32, '0')}`,
      };
      const url = `${base}/hooks/twilio/inbound`;
      const signature = twilio.getExpectedTwilioSignature(provider.authToken, url, form);
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'x-twilio-signature': signature },
        body: new URLSearchParams(form),
      });
      expect(answer.status).toBe(204);
    }

    it('the limits of mass sending are changed by a person who saw what they mean', async () => {
      await page.goto(`${board}/channels`);
      const limits = page.locator('section', { hasText: '群发上限（金文大厦）' });
      await limits.getByText('默认，来自 SEGMENTS_PER_INCIDENT').waitFor();
      await limits.getByRole('button', { name: '修改上限' }).click();
      const dialog = page.getByRole('dialog', { name: '修改上限' });
      expect(await dialog.getByRole('button', { name: '先看影响' }).isDisabled()).toBe(true);
      await dialog.getByRole('spinbutton', { name: /^每起事件/ }).fill('70000');
      await dialog.getByLabel('修改的理由').fill('昨夜误报，先收紧');
      await dialog.getByRole('button', { name: '先看影响' }).click();
      await dialog.getByText('不能高于一天内的上限').waitFor();
      await dialog.getByRole('spinbutton', { name: /^每起事件/ }).fill('3');
      await dialog.getByRole('button', { name: '先看影响' }).click();
      await dialog.getByText('给全部 6 位业主各发一条就会超过').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await picture(page, 'limits-preview-desk-light');
      await dialog.getByRole('button', { name: '保存上限' }).click();
      await limits.getByText('本项目设定').waitFor();
      await limits.getByText(/王建国 于 .* 修改：昨夜误报，先收紧/).waitFor();
      await picture(page, 'limits-desk-light');
    }, 60_000);

    it('a mass send that exceeds them is held, and a person lets it go after seeing the cost', async () => {
      await page.waitForTimeout(2_100);
      await page.goto(`${board}/messages`);
      await page.getByLabel('发给谁').selectOption('everybody');
      await page.getByLabel('中文内容').fill('今晚检修水泵');
      await page.getByLabel('英文内容').fill('The pump is repaired tonight');
      await page.getByRole('button', { name: '预览人数与费用' }).click();
      await page.getByRole('button', { name: '确认发给 6 人' }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: '确认发给 6 人' }).click();
      const held = page.getByRole('alert').filter({ hasText: '被拦下的群发' });
      await expect
        .poll(() => held.textContent(), PATIENT)
        .toMatch(/手写通知 · 3 人，3 条[\s\S]*0\.15[\s\S]*超过每起事件上限/);
      expect(provider.accepted).toHaveLength(3);
      await picture(page, 'held-desk-light');
      await held.getByRole('button', { name: '放行' }).click();
      const dialog = page.getByRole('dialog', { name: /放行 3 人的消息/ });
      await dialog.getByText(/将发出 3 条，费用 .*0\.15/).waitFor();
      await picture(page, 'held-release-desk-light');
      await dialog.getByRole('button', { name: '放行' }).click();
      await held.waitFor({ state: 'detached' });
      await expect.poll(() => provider.accepted.length, PATIENT).toBe(OWNERS);
      expect(new Set(provider.accepted.map(({ to }) => to)).size).toBe(OWNERS);
    }, 60_000);

    it('what people text is in the inbox, answered once, or marked done', async () => {
      await text(phoneOf(1), '水泵几点修好？', 1);
      await text(phoneOf(2), '收到，谢谢', 2);
      await page.goto(`${board}/inbox`);
      const rows = page.locator('ul.panel li');
      await expect.poll(() => rows.count(), PATIENT).toBe(2);
      await picture(page, 'inbox-full-desk-light');
      expect(await page.locator('#content').textContent()).not.toContain('水泵几点');
      await rows.last().getByRole('button').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('水泵几点修好？').waitFor();
      await dialog.getByLabel('回复').fill('十点前修好');
      await dialog.getByRole('button', { name: /预览|看/ }).click();
      await dialog.getByRole('status').getByText('十点前修好').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await picture(page, 'inbox-answer-desk-light');
      await dialog.getByRole('button', { name: '发送' }).click();
      await expect.poll(() => rows.count(), PATIENT).toBe(1);
      await expect.poll(() => provider.accepted.at(-1)?.body, PATIENT).toContain('十点前修好');
      await rows.first().getByRole('button').click();
      await dialog.getByText('收到，谢谢').waitFor();
      await dialog.locator('button[type=submit]').click();
      await page.getByRole('button', { name: '全部' }).click();
      await expect.poll(() => rows.allTextContents(), PATIENT).toHaveLength(2);
      await picture(page, 'inbox-done-desk-light');
    }, 60_000);

    it('a fact is told after its change was seen, corrected, and taken back, with who and why', async () => {
      await page.goto(`${board}/facts`);
      await page.getByText('还没有告知过任何内容').waitFor();
      await page.getByRole('button', { name: '告知一项', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('房号', { exact: true }).fill('1201');
      await dialog.locator('select').nth(1).selectOption('monthly_fee');
      await dialog.getByLabel('起始日期').fill('2026-01-01');
      await dialog.getByLabel(/^值/).fill('280.00');
      await dialog.getByLabel('理由').fill('物业合同');
      await dialog.getByRole('button', { name: '先看变化' }).click();
      await dialog.getByText('将改动 1 项').waitFor();
      await picture(page, 'fact-tell-desk-light');
      await dialog.getByRole('button', { name: '保存' }).click();
      const rows = page.locator('tbody tr');
      await expect
        .poll(() => rows.first().textContent(), PATIENT)
        .toMatch(/1201[\s\S]*280\.00[\s\S]*有效[\s\S]*王建国/);
      await rows.first().getByRole('button', { name: /^更正/ }).click();
      await dialog.getByLabel(/^值/).fill('290.00');
      await dialog.getByLabel('理由').fill('合同续签');
      await dialog.getByRole('button', { name: '先看变化' }).click();
      await dialog.getByText('280.00 → 290.00').waitFor();
      await dialog.getByRole('button', { name: '保存' }).click();
      await expect.poll(() => rows.nth(1).textContent(), PATIENT).toContain('已更正');
      await rows.first().getByRole('button', { name: /^收回/ }).click();
      await dialog.getByLabel('理由').fill('登记错了房号');
      await dialog.getByRole('button', { name: '先看变化' }).click();
      await dialog.getByRole('button', { name: '保存' }).click();
      await expect.poll(() => rows.first().textContent(), PATIENT).toContain('已收回');
      expect(await rows.count()).toBe(3);

      // Of an owner, who is named by what they own: the number of a person stands nowhere on the screen.
      await page.getByRole('button', { name: '告知一项', exact: true }).click();
      await dialog.locator('select').first().selectOption('owner');
      await dialog.getByLabel('房号', { exact: true }).fill('9999');
      await dialog.locator('select').nth(1).selectOption('monthly_fee');
      await dialog.getByLabel('起始日期').fill('2026-02-01');
      await dialog.getByLabel(/^值/).fill('300.00');
      await dialog.getByLabel('理由').fill('同一业主');
      await dialog.getByRole('button', { name: '先看变化' }).click();
      await dialog.getByText('没有这一户').waitFor();
      await dialog.getByLabel('房号', { exact: true }).fill('1201');
      await dialog.getByRole('button', { name: '先看变化' }).click();
      await dialog.getByText('将改动 1 项').waitFor();
      await dialog.getByRole('button', { name: '保存' }).click();
      await expect.poll(() => rows.first().textContent(), PATIENT).toMatch(/业主\s*1201[\s\S]*300\.00/);
      await picture(page, 'facts-told-desk-light');
    }, 60_000);

    it('an account is entered with a warning for a mistyped digit, corrected with a reason, and withdrawn', async () => {
      await page.goto(`${board}/accounts`);
      await page.getByText('6 户有业主，其中 6 户还没有收款账户').waitFor();
      await page.getByRole('button', { name: '录入 1201' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('户名').fill('业主零');
      await dialog.getByLabel('开户行').fill('工商银行');
      await dialog.getByLabel('账号').fill('12-34');
      await dialog.getByRole('button', { name: '保存账户' }).click();
      expect(await dialog.isVisible()).toBe(true);
      await dialog.getByLabel('账号').fill('5555 5555 5555 4445');
      await dialog.getByRole('button', { name: '保存账户' }).click();
      await dialog.getByText(/卡号校验位不符/).waitFor();
      await picture(page, 'account-doubt-desk-light');
      await dialog.getByLabel('账号').fill('5555 5555 5555 4444');
      await dialog.getByRole('button', { name: '保存账户' }).click();
      await page.getByText('****4444').waitFor();
      await page.getByText('其中 5 户还没有').waitFor();
      expect(await page.locator('#content').textContent()).not.toContain('业主零');
      await page.getByRole('button', { name: '更正 1201' }).click();
      await dialog.getByRole('button', { name: '查看完整账号' }).click();
      await dialog.getByText('已记入审计').waitFor();
      expect(await dialog.getByLabel('账号').inputValue()).toBe('5555555555554444');
      await dialog.getByLabel('开户行').fill('建设银行');
      await dialog.getByLabel('更正的理由').fill('业主来函');
      expect(await axeViolations(page)).toEqual([]);
      await picture(page, 'account-correct-desk-light');
      await dialog.getByRole('button', { name: '保存账户' }).click();
      await page.getByText('建设银行').waitFor();
      await picture(page, 'accounts-desk-light');
      await page.getByRole('button', { name: '停用 1201' }).click();
      await dialog.getByLabel('停用的理由').fill('账户注销');
      await dialog.getByRole('button', { name: '停用' }).click();
      await page.getByText('其中 6 户还没有').waitFor();
      const audit = JSON.parse((await send(page, 'GET', '/sites/jinwen/audit?limit=20')).text);
      const done = audit.items.map(({ action }: { action: string }) => action);
      expect(done).toEqual(
        expect.arrayContaining([
          'person.bank-account.withdraw',
          'person.bank-account.unmask',
          'facts.tell',
          'message-caps.put',
        ]),
      );
    }, 60_000);

    it('the palette offers each role the pages it may open, by their names, and no other', async () => {
      for (const role of ['finance', 'engineer', 'manager', 'auditor'] as const) {
        const invited = await send(page, 'POST', '/users', {
          login: role,
          name: role,
          role,
          sites: ['jinwen'],
          language: 'zh-CN',
        });
        const context = await browser.newContext({ viewport: SIZES.desk, locale: 'zh-CN' });
        const theirs = await context.newPage();
        await theirs.goto(JSON.parse(invited.text).url);
        await theirs.fill('input[name=new-password]', PASSWORD);
        await theirs.fill('input[name=repeat]', PASSWORD);
        await theirs.click('button[type=submit]');
        await theirs.waitForURL(/\/s\/jinwen$/, PATIENT);
        await theirs.waitForSelector('nav');
        await theirs.keyboard.press('Control+k');
        const options = theirs.getByRole('dialog').getByRole('option');
        await options.first().waitFor();
        const names = (await options.allTextContents()).map((name) => name.replace(/\s*页面\s*$/, '').trim());
        expect(names.length).toBeGreaterThan(8);
        expect(names.filter((name) => !/[\u4e00-\u9fff]/.test(name))).toEqual([]);
        expect(names.includes('收款账户'), role).toBe(role !== 'engineer');
        expect(names.includes('用户与权限'), role).toBe(role === 'auditor');
        if (role === 'finance') await picture(theirs, 'palette-finance-desk-light');
        for (const name of names) {
          await theirs.keyboard.press('Escape');
          await theirs.keyboard.press('Control+k');
          await theirs.getByRole('combobox', { name: '跳转到…' }).fill(name);
          await theirs.getByRole('dialog').getByRole('option').filter({ hasText: name }).first().click();
          await theirs.locator('#content').locator('h1, h2, svg, section, .panel').first().waitFor(PATIENT);
          expect(await theirs.getByText('您的角色看不到这一页').count(), `${role} ${name}`).toBe(0);
        }
        if (role === 'finance' || role === 'engineer') {
          await theirs.goto(`${board}/${role === 'finance' ? 'devices' : 'accounts'}`);
          await theirs.getByText('您的角色看不到这一页').waitFor();
          await picture(theirs, `forbidden-${role}-desk-light`);
        }
        await context.close();
      }
    }, 240_000);

    it('these pages have no accessibility fault in either theme, and never scroll sideways, in both languages', async () => {
      const faults: string[] = [];
      await text(phoneOf(3), '电梯什么时候恢复？我家有老人。', 3);
      const person = JSON.parse((await send(page, 'GET', '/sites/jinwen/bank-accounts')).text).items[0]
        .person;
      const account = {
        holder: '业主零',
        bank: '中国工商银行股份有限公司深圳分行',
        number: '5555555555554444',
      };
      await send(page, 'PUT', `/sites/jinwen/people/${person}/bank-account`, account);
      for (const language of ['zh-CN', 'en'] as const) {
        await page.evaluate((spoken) => localStorage.setItem('relight.language', spoken), language);
        await send(page, 'PATCH', '/session', { language });
        for (const path of ['facts', 'accounts', 'inbox', 'channels', 'manage']) {
          await page.goto(`${board}/${path}`);
          await page.locator('h1').first().waitFor();
          await page.waitForTimeout(600);
          for (const theme of ['light', 'dark'] as const) {
            await chooseTheme(page, theme);
            const found = await axeViolations(page);
            faults.push(...found.map((fault) => `${path} ${theme} ${language}: ${fault}`));
            await picture(page, `${path}-desk-${theme}-${language}`);
          }
          for (const size of ['phone', 'tiny'] as const) {
            await page.setViewportSize(SIZES[size]);
            await page.waitForTimeout(150);
            const overflow = await sidewaysOverflow(page);
            if (overflow > 0) faults.push(`${path} ${language} scrolls ${overflow} px sideways at ${size}`);
            await picture(page, `${path}-${size}-dark-${language}`);
            if (size === 'phone' && path === 'channels') {
              await page
                .getByRole('button', { name: language === 'en' ? 'Change the limits' : '修改上限' })
                .click();
              const wide = await page.evaluate(() => {
                const dialog = document.querySelector('dialog[open]');
                return dialog === null ? 1 : dialog.scrollWidth - dialog.clientWidth;
              });
              if (wide > 0) faults.push(`the limits' dialog ${language} scrolls ${wide} px sideways`);
              await picture(page, `limits-dialog-phone-dark-${language}`);
              await page.keyboard.press('Escape');
            }
          }
          await page.setViewportSize(SIZES.desk);
        }
      }
      expect(faults).toEqual([]);
      // Looking for the version of what is written asks for what may not be there yet.
      expect(errors.filter((error) => !/40[0-9]|422|412/.test(error))).toEqual([]);
    }, 240_000);
  },
);
