import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  type BrowserContext,
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
import { type RunningPlatform, startPlatform } from '../support/built-platform.ts';

const chromiumPath = chromiumForTests();
const PASSWORD = 'a long enough secret';
const RISER = '7 栋 B 单元干线';
/** Homes below it. */
const HOMES = 45;
/** Platform and browser share two cores with whatever else runs. */
const PATIENT = { timeout: 20_000 };

// One story in order: what a manager does on a quiet day.
describe.skipIf(chromiumPath === undefined)('operations, in Chromium', { retry: 0 }, () => {
  let folder: string;
  let platform: RunningPlatform;
  const ends: (() => unknown)[] = [];
  let context: BrowserContext;
  let page: Page;
  let errors: string[];
  let board: string;
  let plan: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relight-operations-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    platform = await startPlatform(join(folder, 'data'));
    ends.push(() => platform.kill());
    const browser = await launchChromium(chromiumPath ?? '');
    ends.push(() => browser.close());
    context = await browser.newContext({ viewport: SIZES.desk });
    page = await context.newPage();
    errors = collectErrors(page);
    await page.goto(platform.setupLink ?? '');
    await page.fill('input[name=name]', '王建国');
    await page.fill('input[name=username]', 'chief');
    await page.fill('input[name=new-password]', PASSWORD);
    await page.fill('input[name=repeat]', PASSWORD);
    await page.click('button[type=submit]');
    await page.waitForURL(/\/s\/yunqi$/);
    board = page.url();
  }, 400_000);

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await picture(page, `failed-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
  });

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  it('an outage is planned: homes, notice periods and texts are seen, then it is announced', async () => {
    await page.goto(`${board}/planned`);
    await page.getByText('没有计划停电').waitFor();
    await page.getByRole('link', { name: '新建计划停电' }).click();
    await page.getByRole('searchbox', { name: /查找节点/ }).fill('R-7B');
    await page
      .getByRole('button', { name: new RegExp(RISER) })
      .first()
      .click();
    await page.getByRole('button', { name: '预览影响与通知' }).click();
    const meaning = page.getByRole('region', { name: '受影响' });
    await expect
      .poll(() => meaning.textContent(), { timeout: 20_000 })
      .toMatch(new RegExp(`受影响\\s*${HOMES}`));
    const said = (await meaning.textContent()) ?? '';
    expect(said).toMatch(/✓ 提前 7 天：能满足/);
    expect(said).toMatch(/中文[\s\S]*计划停电/);
    await picture(page, 'plan-preview-desk-light');
    await page.getByRole('button', { name: '确认并公告' }).click();
    await page.waitForURL(/\/planned\/\d{4}-\d{2}-\d{2}-\w{4}$/);
    plan = page.url();
    await expect
      .poll(() => page.locator('#content').textContent(), PATIENT)
      .toMatch(/已公告[\s\S]*通知期达标/);
    await picture(page, 'plan-desk-light');
  }, 60_000);

  it('one that is too soon needs a reason, and cancelling it shows who is told', async () => {
    await page.goto(`${board}/planned/new?node=R-7A`);
    const tomorrow = new Date(Date.now() + 30 * 3_600_000).toISOString().slice(0, 10);
    await page.getByLabel('开始').fill(`${tomorrow}T22:00`);
    await page.getByLabel('结束').fill(`${tomorrow}T23:00`);
    await page.getByRole('button', { name: '预览影响与通知' }).click();
    await page.getByText(/✕ 提前 7 天：已来不及/).waitFor();
    const announce = page.getByRole('button', { name: '确认并公告' });
    expect(await announce.isDisabled()).toBe(true);
    await page.getByLabel(/为什么晚于要求/).fill('柜内有焦味');
    await announce.click();
    await page.getByRole('button', { name: '取消计划' }).click();
    const dialog = page.getByRole('dialog', { name: '取消计划' });
    await dialog.getByText(/会立即发给|没有人收到过通知/).waitFor();
    await dialog.getByLabel(/取消的理由/).fill('另行安排');
    await dialog.getByRole('button', { name: '确认取消' }).click();
    await expect.poll(() => page.locator('#content').textContent(), PATIENT).toContain('已取消');
  }, 60_000);

  it('a channel is set up with its secret hidden, and a test message goes through the log', async () => {
    await page.goto(`${board}/channels`);
    await page.getByRole('button', { name: '设置 电子邮件', exact: false }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('邮件服务器').fill('127.0.0.1');
    await form.getByLabel('发送方').fill('desk@example.com');
    await form.getByLabel('用户名').fill('desk');
    await form.getByLabel('密码', { exact: false }).first().fill('a secret nobody may read');
    await picture(page, 'channel-set-up-desk-light');
    await form.getByRole('button', { name: '保存' }).click();
    await page.getByText('✓ 已设置').waitFor();
    await page.getByRole('button', { name: '设置 电子邮件', exact: false }).click();
    expect(await page.getByRole('dialog').getByLabel('密码', { exact: false }).first().inputValue()).toBe('');
    await page.keyboard.press('Escape');
    expect(await page.content()).not.toContain('a secret nobody may read');

    await page.getByRole('button', { name: '发测试消息 日志' }).click();
    const test = page.getByRole('dialog', { name: /发测试消息/ });
    await test.getByLabel(/发给/).fill('+8613800000001');
    await test.getByRole('button', { name: '先看费用' }).click();
    await test.getByText('1 条，未设单价').waitFor();
    await test.getByRole('button', { name: '发送' }).click();
    await test.getByText('服务商已接收').waitFor();
    expect(readFileSync(join(folder, 'data', 'messages.log'), 'utf8')).toContain('这是一条测试消息');
    await picture(page, 'channel-tested-desk-light');
    await page.keyboard.press('Escape');
  }, 60_000);

  it('a message by hand shows count and cost before it is sent', async () => {
    await page.goto(`${board}/messages`);
    await page.getByLabel('发给谁').selectOption('building');
    await page.getByLabel('楼栋').selectOption({ index: 1 });
    await page.getByLabel('中文内容').fill('明日清洗水箱');
    await page.getByLabel('英文内容').fill('The water tank is cleaned tomorrow');
    await page.getByRole('button', { name: '预览人数与费用' }).click();
    const confirm = page.getByRole('button', { name: /确认发给 \d+ 人/ }).first();
    await confirm.waitFor();
    await picture(page, 'message-preview-desk-light');
    await confirm.click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /确认发给/ })
      .click();
    await page.getByText(/✓ 已发给 \d+ 人/).waitFor();
    await page.getByText('明日清洗水箱').waitFor();
  }, 60_000);

  it('a new shift goes on the roster, seen before it is saved', async () => {
    const member = {
      name: '李强',
      phone: '+8613900000009',
      language: 'zh-CN',
      skills: [],
      account: null,
      active: true,
    };
    expect((await send(page, 'PUT', '/sites/yunqi/staff/e9', member)).status).toBe(200);
    await page.goto(`${board}/staff`);
    await page.getByRole('cell', { name: '李强' }).waitFor();
    await page.getByRole('button', { name: '编排班次' }).click();
    const names = page.getByLabel('班次名称');
    const before = await names.count();
    await page.getByRole('button', { name: '添加班次' }).click();
    await expect.poll(() => names.count()).toBe(before + 1);
    await page.getByRole('button', { name: '添加班组' }).click();
    await page
      .getByLabel(/添加人员 \d+ 组/)
      .last()
      .selectOption({ label: '李强' });
    await page.getByRole('button', { name: '按班组轮流填充' }).click();
    await picture(page, 'roster-edit-desk-light');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByRole('button', { name: '编排班次' }).waitFor();
    const { text } = await send(page, 'GET', '/sites/yunqi/roster');
    expect(JSON.parse(text).roster.shifts).toHaveLength(before + 1);
    await page.getByRole('button', { name: '查谁当班' }).click();
    await picture(page, 'roster-saved-desk-light');
  }, 60_000);

  it('a device that knocks is claimed, tested and assigned', async () => {
    const broker = platform.simulate[platform.simulate.indexOf('--broker') + 1] ?? '';
    const knock = {
      username: 'spare-meter',
      clientId: 'spare-meter',
      password: 'not known',
      reconnectPeriod: 0,
    };
    await expect(connectAsync(broker, knock)).rejects.toThrow();
    await page.goto(`${board}/quarantine`);
    const row = page.locator('tr', { hasText: 'spare-meter' });
    await row.getByRole('button', { name: '认领' }).click();
    const dialog = page.getByRole('dialog', { name: /认领/ });
    await dialog.getByLabel('设备编号').fill('spare-meter');
    await dialog.getByLabel('所在节点').fill('R-7A');
    await dialog.getByRole('button', { name: '检查' }).click();
    await dialog.getByRole('button', { name: '登记并生效' }).click();
    await expect.poll(() => dialog.locator('code').count(), { timeout: 20_000 }).toBe(3);
    const [username = '', clientId = '', password = ''] = await dialog.locator('code').allTextContents();
    const client = await connectAsync(broker, { username, clientId, password });
    const reading = JSON.stringify({ ts: Date.now(), voltage: 231 });
    const say = () => client.publishAsync('relight/yunqi/spare-meter/telemetry', reading, { qos: 1 });
    await say();
    await dialog.getByText(/✓/).waitFor({ timeout: 30_000 });
    await picture(page, 'claimed-desk-light');
    await client.endAsync();
    await dialog.getByRole('button', { name: '移出待认列表并关闭' }).click();
    await row.waitFor({ state: 'detached' });
  }, 90_000);

  it('the palette opens a node, and ? lists the keys', async () => {
    await page.goto(board);
    await page.locator('.street rect.window').first().waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: '跳转到…' });
    await field.fill('R-7B');
    await page
      .getByRole('option', { name: new RegExp(RISER) })
      .first()
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'palette-desk-light');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/network\?node=R-7B$/);
    await page.locator('.detail', { hasText: RISER }).waitFor();
    await page.locator('#content').focus();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: '键盘快捷键' });
    await sheet.waitFor();
    await picture(page, 'shortcuts-desk-light');
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.waitForURL(/\/planned$/);
  }, 60_000);

  it('these pages have no accessibility fault in either theme, and never scroll sideways, in both languages', async () => {
    const faults: string[] = [];
    const paths = [
      '/planned',
      '/planned/new',
      plan.slice(board.length),
      '/channels',
      '/messages',
      '/inbox',
      '/feedback',
      '/rules',
      '/staff',
    ];
    for (const language of ['zh-CN', 'en'] as const) {
      await page.evaluate((spoken) => localStorage.setItem('relight.language', spoken), language);
      await send(page, 'PATCH', '/session', { language });
      for (const path of paths) {
        await page.goto(board + path);
        await page.locator('h1').first().waitFor();
        await page.waitForTimeout(500);
        const name = path
          .slice(1)
          .replace(/\d.*/, 'one')
          .replaceAll(/[^\w-]+/g, '-');
        for (const theme of ['light', 'dark'] as const) {
          await chooseTheme(page, theme);
          const found = await axeViolations(page);
          faults.push(...found.map((fault) => `${path} ${theme} ${language}: ${fault}`));
          await picture(page, `${name}-desk-${theme}-${language}`);
        }
        for (const size of ['phone', 'tiny'] as const) {
          await page.setViewportSize(SIZES[size]);
          await page.waitForTimeout(150);
          const overflow = await sidewaysOverflow(page);
          if (overflow > 0) faults.push(`${path} ${language} scrolls ${overflow} px sideways at ${size}`);
          await picture(page, `${name}-${size}-dark-${language}`);
        }
        await page.setViewportSize(SIZES.desk);
      }
    }
    expect(faults).toEqual([]);
    // Writing a member of staff looks first whether there is one.
    expect(errors.filter((error) => !error.endsWith('/staff/e9'))).toEqual([]);
  }, 240_000);
});
