import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSimulator } from '../../simulators/main.ts';
import { parseScenario } from '../../simulators/scenario.ts';
import { createTimeline } from '../../simulators/timeline.ts';
import { createWorld } from '../../simulators/world.ts';
import { startBroker } from './broker.ts';
import { siteOf } from './sites.ts';

const demoFile = fileURLToPath(new URL('../../demo/demo.site.json', import.meta.url));
const scenarios = fileURLToPath(new URL('../../simulators/scenarios/', import.meta.url));
const demo = siteOf(JSON.parse(await readFile(demoFile, 'utf8')));

let folder: string;
let out = '';
const io = {
  stdout: (text: string) => {
    out += text;
  },
  stderr: (text: string) => {
    out += text;
  },
};
beforeEach(async () => {
  out = '';
  folder = await mkdtemp(join(tmpdir(), 'relight-simulate-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('relight simulate', () => {
  it('plays the demo site: every meter is heard within a minute of simulated time', {
    timeout: 40_000,
  }, async () => {
    const broker = await startBroker();
    const truth = join(folder, 'truth.jsonl');
    let leave = () => {};
    const until = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const argv = [
      '--site',
      demoFile,
      '--broker',
      broker.url(),
      '--truth',
      truth,
      '--speed',
      '20',
      '--modbus-port',
      '0',
      '--scenario',
      join(scenarios, 'riser-trip.json'),
    ];
    const exit = runSimulator(argv, io, until);
    const native = demo.devices.filter(({ profile }) => profile === 'native');
    await vi.waitFor(
      () =>
        expect(
          new Set(broker.heard.filter(({ topic }) => topic.endsWith('/telemetry')).map(({ topic }) => topic))
            .size,
        ).toBe(native.length),
      30_000,
    );
    expect(await readFile(truth, 'utf8')).toContain('{"unit":"u-7B-0101"');
    leave();
    expect(await exit).toBe(0);
    expect(out).toContain('云栖花园');
    await broker.stop();
  });

  it.for<[string, (folder: string) => string[], number, RegExp]>([
    ['no site', () => ['--broker', 'mqtt://h'], 2, /--site is missing/],
    ['no broker', () => ['--site', demoFile], 2, /--broker must be a URL/],
    ['an unknown option', () => ['--wrong'], 2, /--wrong/],
    [
      'a site file that is none',
      (at) => ['--site', join(at, 'bad.json'), '--broker', 'mqtt://h'],
      2,
      /bad\.json is refused:\n {2}\/site: .*\n {2}\/nodes/,
    ],
    [
      'a file that is not there',
      () => ['--site', 'nowhere', '--broker', 'mqtt://h'],
      2,
      /nowhere cannot be read/,
    ],
    [
      'a speed of nothing',
      () => ['--site', demoFile, '--broker', 'mqtt://h', '--speed', '0'],
      2,
      /--speed must be/,
    ],
  ])('says what to change with %s', async ([, argv, code, message]) => {
    await writeFile(join(folder, 'bad.json'), '{}');
    expect(await runSimulator(argv(folder), io, Promise.resolve())).toBe(code);
    expect(out).toMatch(message);
  });

  it('says so when its Modbus port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const argv = ['--site', demoFile, '--broker', 'mqtt://127.0.0.1:1', '--modbus-port', String(port)];
    expect(await runSimulator(argv, io, Promise.resolve())).toBe(1);
    expect(out).toContain(`Modbus port ${port} is taken`);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('every scenario', async () => {
  it.for(await readdir(scenarios))('%s names only what the demo site has', async (name) => {
    const parsed = parseScenario(JSON.parse(await readFile(join(scenarios, name), 'utf8')));
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    expect(`${parsed.scenario.id}.json`).toBe(name);
    const world = createWorld(demo, createTimeline(0));
    const clients = new Set([...demo.gateways, ...demo.devices].map(({ id }) => id));
    for (const { do: action } of parsed.scenario.steps) {
      if ('client' in action) expect(clients).toContain(action.client);
      else if ('device' in action) expect(clients).toContain(action.device);
      else expect(world.act(action)).toBe('done');
    }
  });
});
