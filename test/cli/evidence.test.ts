import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { foldEvents } from '../../cli/replay/fold.ts';
import { runHere } from '../support/cli.ts';
import { compound } from '../support/compound.ts';
import { essence } from '../support/essence.ts';
import { evidenceOf, storeEvidence } from '../support/evidence-of.ts';
import { fieldEvents } from '../support/field.ts';
import { journalOf } from '../support/journaled.ts';
import { clock, PROFILES, toReplay } from '../support/replayed.ts';
import { silentLog } from '../support/silent-log.ts';

const site = compound({ floors: 3, perFloor: 4, gateways: true });
const lines = fieldEvents(site, {
  start: clock('07:50:00'),
  until: clock('10:00:00'),
  cuts: [{ node: 'R1', from: clock('09:10:00'), to: clock('09:30:00') }],
});
const end = clock('09:45:00');
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relight-export-'));
  const stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: silentLog });
  await stores.migrate();
  await stores.sites.put(site, site, { by: 'test', at: clock('00:00:00') });
  const epoch = (await stores.leases.acquire('s', 'test', 1_000)) ?? 0;
  const evidence = evidenceOf(journalOf(site, lines, clock('10:00:00')));
  await storeEvidence(stores.evidence, { site: 's', epoch }, evidence, clock('10:00:00'));
  await stores.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...argv: string[]) => runHere(argv, { DATA_DIR: folder });

it('exports a span as files that replay to what happened, and never over others', async () => {
  const argv = ['evidence', 'export', '--site', 's', '--out', join(folder, 'out')];
  const span = ['--from', '2026-03-01T08:30:00Z', '--to', '2026-03-01T09:45:00Z'];
  const ended = await run(...argv, ...span);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [, command = ''] = ended.stdout.split('\n');
  expect(command).toMatch(/^relight replay /);
  const replayed = await run(...command.split(' ').slice(1));
  const live = foldEvents(site, PROFILES, toReplay(lines), end);
  expect(live.incidents).toHaveLength(1);
  expect(essence(JSON.parse(replayed.stdout))).toEqual(essence(live));

  const again = await run(...argv, ...span);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('there already') });
});

it('says what is wrong with what it was asked', async () => {
  const cases: [string[], string][] = [
    [['export'], 'usage'],
    [['export', '--site', 's', '--incident', 'x', '--from', '2026-03-01T08:00:00Z'], 'usage'],
    [['export', '--site', 'nowhere'], 'no such site'],
    [['export', '--site', 's', '--incident', 'x'], 'no such incident'],
    [['export', '--site', 's', '--from', 'yesterday'], "'yesterday' is not"],
    [
      ['export', '--site', 's', '--from', '2027-03-01T08:00:00Z', '--to', '2027-03-02T08:00:00Z'],
      'nothing for this',
    ],
  ];
  for (const [argv, text] of cases)
    expect(await run('evidence', ...argv)).toMatchObject({ code: 1, stderr: expect.stringContaining(text) });
});

it('holds no personal data', () => {
  const text = readFileSync(join(folder, 'out', 's-2026-03-01T08.site.json'), 'utf8');
  expect(text).not.toMatch(/"(owner|occupant|phone)"/);
});
