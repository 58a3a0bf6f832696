import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Page, send } from './board-browser.ts';
import { freePort, type RunningPlatform, root, startSimulator } from './built-platform.ts';

/** The demo site file, as far as a story changes it. */
export interface DemoSite {
  readonly site: {
    detection?: Record<string, number>;
    readonly schemes: { parameters: Record<string, string> }[];
  };
  readonly devices: { interval_s: number; address?: string }[];
  readonly premises: { readonly id: string; area_m2?: string }[];
}

export interface QuickSite {
  readonly path: string;
  readonly modbusPort: number;
}

/** The panel of demo mode: finds a breaker and works it. */
export async function operate(page: Page, node: string, word: string): Promise<void> {
  await page.getByRole('button', { name: '模拟数据' }).click();
  const panel = page.getByRole('complementary', { name: '模拟器' });
  await panel.getByRole('searchbox').fill(node);
  await panel.locator(`[data-node="${node}"]`).getByRole('button', { name: word }).click();
}

/** The demo site with quicker meters and holds, so that a whole story takes seconds; the platform and the simulator read the same. */
export async function quickerSite(
  page: Page,
  folder: string,
  change: (site: DemoSite) => void = () => undefined,
): Promise<QuickSite> {
  const modbusPort = await freePort();
  const site: DemoSite = JSON.parse(readFileSync(join(root, 'demo/demo.site.json'), 'utf8'));
  site.site.detection = { ...site.site.detection, closeHold_s: 6, voltageHold_s: 8 };
  for (const device of site.devices) {
    device.interval_s = Math.min(device.interval_s, 20);
    if (device.address?.startsWith('modbus:'))
      device.address = device.address.replace(/:\d+\//, `:${modbusPort}/`);
  }
  change(site);
  const { status, text } = await send(page, 'PUT', '/sites/yunqi/file', site);
  expect(status, text).toBe(200);
  const path = join(folder, 'quick.site.json');
  writeFileSync(path, JSON.stringify(site));
  return { path, modbusPort };
}

export function simulateSite(
  platform: RunningPlatform,
  { path, modbusPort }: QuickSite,
): Promise<{ kill(): Promise<void> }> {
  const args = [...platform.simulate];
  args[args.indexOf('--site') + 1] = path;
  return startSimulator([...withoutOption(args, '--modbus-port'), '--modbus-port', `${modbusPort}`]);
}

function withoutOption(args: readonly string[], option: string): string[] {
  const at = args.indexOf(option);
  return at === -1 ? [...args] : [...args.slice(0, at), ...args.slice(at + 2)];
}
