import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSchemes } from '../../adapters/registry/load-schemes.ts';
import { createSchemeDirectory } from '../../adapters/registry/scheme-directory.ts';
import type { LocalControl } from '../../api/deps.ts';
import { addressOf } from '../../api/server.ts';
import { backTestActions } from '../../cli/back-test-actions.ts';
import { announceControl } from '../../cli/control.ts';
import { type ApiWorld, openApiWorld } from '../support/api-world.ts';
import { runHere } from '../support/cli.ts';
import { silentLog } from '../support/silent-log.ts';

const TOKEN = 't'.repeat(43);
const actions: Record<string, LocalControl['actions'][string]> = {};
let world: ApiWorld;

beforeAll(async () => {
  world = await openApiWorld({ control: { token: TOKEN, actions } });
  const shipped = await loadSchemes('schemes');
  const schemes = createSchemeDirectory({ shipped, store: world.stores.schemes, log: silentLog });
  Object.assign(actions, backTestActions({ schemes }, world.deps.backTests));
  const from = Date.parse('2025-06-10T00:00:00+08:00');
  const to = from + 48 * 3_600_000;
  const epoch = (await world.stores.leases.acquire('s1', 'test', 60_000)) ?? 0;
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
    causes: [{ incident: 'i1', from, to }],
  } as const;
  const changes = {
    incidents: [],
    notices: [],
    ledger: [{ type: 'closed', at: to, reason: 'test', body } as const],
  };
  await world.stores.incidents.apply({ site: 's1', position: 1, epoch, at: to, changes });
});
afterAll(async () => {
  rmSync(world.directory, { recursive: true, force: true });
  await world.close();
});

const backtest = (...more: string[]) =>
  runHere(['backtest', '--site', 's1', ...more], { DATA_DIR: world.directory });
const YEAR = ['--from', '2025-01-01', '--to', '2025-12-31'];

it('needs a running server, and says so', async () => {
  const ended = await backtest('--scheme', 'property-fee', ...YEAR);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('no server runs') });
});

it('prints what a scheme would have cost, by name or as a file', async () => {
  await world.server.listen({ host: '127.0.0.1', port: 0 });
  await announceControl(world.directory, addressOf(world.server), TOKEN);
  const fee = ['--parameters', '{"rate": "2.80"}', ...YEAR];
  const named = await backtest('--scheme', 'property-fee', ...fee);
  expect(named).toMatchObject({ code: 0 });
  // 98.4 m² at 2.80 for two of thirty days.
  expect(JSON.parse(named.stdout)).toMatchObject({ state: 'done', tried: { total: '18.37', cases: 1 } });
  const file = await backtest('--scheme', 'schemes/property-fee.json', ...fee);
  expect(JSON.parse(file.stdout).tried.total).toBe('18.37');
});

it('says what is wrong with parameters, schemes and dates', async () => {
  const wrong = await backtest('--scheme', 'property-fee', '--parameters', '{"rat": "1"}', ...YEAR);
  expect(wrong).toMatchObject({ code: 1 });
  expect(wrong.stderr).toMatch(/parameters\/rat.*did you mean 'rate'/);
  expect((await backtest('--scheme', 'nothing', ...YEAR)).stderr).toMatch('there is no such scheme');
  const turned = await backtest('--scheme', 'property-fee', '--from', '2025-02-01', '--to', '2025-01-01');
  expect(turned.stderr).toMatch('the first not after the second');
});
