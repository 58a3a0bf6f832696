import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runReplay } from '../../cli/replay.ts';

const SITE = {
  site: { id: 's', name: 'S', timeZone: 'Asia/Shanghai', currency: 'CNY' },
  nodes: [
    { id: 'U', kind: 'feed' },
    { id: 'R1', kind: 'breaker', fedBy: 'U' },
    { id: 'u1', kind: 'unit', fedBy: 'R1', premises: 'p1' },
    { id: 'u2', kind: 'unit', fedBy: 'R1' },
    { id: 'u3', kind: 'unit', fedBy: 'U' },
  ],
  devices: ['u1', 'u2', 'u3'].map((node) => ({ id: `m-${node}`, profile: 'native', node, interval_s: 60 })),
  premises: [
    { id: 'p1', class: 'residential', owner: { name: 'Wang', phone: '+8613800000001', language: 'zh-CN' } },
  ],
};

const LINES = [
  { at: '2026-03-01T10:00:00.000Z', topic: 'relight/s/m-u1/telemetry', payload: { voltage: 230 } },
  { at: '2026-03-01T10:00:01.000Z', topic: 'relight/s/m-u2/telemetry', payload: { voltage: 230 } },
  { at: '2026-03-01T10:00:30.000Z', topic: 'relight/s/m-u1/event', payload: { type: 'power_lost' } },
  { at: '2026-03-01T10:00:30.200Z', topic: 'relight/s/m-u2/event', payload: { type: 'power_lost' } },
  { at: '2026-03-01T10:00:31.000Z', topic: 'relight/s/m-u3/telemetry', payload: { voltage: 230 } },
  { at: '2026-03-01T10:00:32.000Z', topic: 'relight/s/nobody/telemetry', payload: {} },
  { at: '2026-03-01T10:00:33.000Z', topic: 'relight/t/m-u1/telemetry', payload: {} },
  {
    at: '2026-03-01T10:05:00.000Z',
    topic: 'relight/s/m-u1/telemetry',
    payload: { voltage: 230, uptime_s: 5 },
  },
  {
    at: '2026-03-01T10:05:01.000Z',
    topic: 'relight/s/m-u2/telemetry',
    payload: { voltage: 230, uptime_s: 6 },
  },
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(site: unknown, events: string, ...more: string[]) {
  const [sitePath, eventPath] = [join(folder, 's.site.json'), join(folder, 'e.jsonl')];
  await writeFile(sitePath, JSON.stringify(site));
  await writeFile(eventPath, events);
  let out = '';
  let err = '';
  const code = await runReplay(['--site', sitePath, '--events', eventPath, ...more], {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const jsonl = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line)).join('\n');

describe('relight replay', () => {
  it('prints one object with incidents, interruptions, notices and refusals', async () => {
    const { code, out, err } = await run(SITE, jsonl(LINES));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const result = JSON.parse(out) as Record<string, Record<string, unknown>[]>;
    expect(result.incidents).toMatchObject([
      {
        id: 'i1',
        kind: 'outage',
        root: 'R1',
        candidates: ['R1'],
        phases: 'ABC',
        state: 'restored',
        onset: '2026-03-01T10:00:30.000Z',
        onsetEarliest: '2026-03-01T10:00:01.000Z',
        restoredAt: '2026-03-01T10:04:55.000Z',
        momentary: true,
        affected: [
          {
            node: 'u1',
            phases: 'ABC',
            from: '2026-03-01T10:00:30.000Z',
            to: '2026-03-01T10:04:55.000Z',
            basis: 'confirmed',
          },
          {
            node: 'u2',
            phases: 'ABC',
            from: '2026-03-01T10:00:30.000Z',
            to: '2026-03-01T10:04:55.000Z',
            basis: 'confirmed',
          },
        ],
      },
    ]);
    expect(result.interruptions).toMatchObject([{ premises: 'p1', operations: 1 }, { node: 'u2' }]);
    expect(
      result.notices
        ?.filter(({ audience }) => audience === 'owner')
        .map(({ stage, premises }) => ({ stage, premises })),
    ).toEqual([
      { stage: 'lost', premises: ['p1'] },
      { stage: 'restored', premises: ['p1'] },
    ]);
    expect(out).not.toContain('+86');
    expect(result.refused).toEqual({ unknown_device: 1, unknown_site: 1 });
  });

  it('stops at --until', async () => {
    const { out } = await run(SITE, jsonl(LINES), '--until', '2026-03-01T10:01:00Z', '--pretty');
    expect(out).toContain('\n  "incidents"');
    expect((JSON.parse(out) as { incidents: unknown[] }).incidents).toMatchObject([
      { state: 'open', closedAt: null },
    ]);
  });

  it('lists every envelope fault and exits with 2', async () => {
    const events = `${jsonl([LINES[1] ?? {}, LINES[0] ?? {}])}\n{"at":"yesterday","topic":"t","payload":1}\nnot json\n{"at":"2026-03-01T11:00:00.000Z","command":{"type":"dance"}}`;
    const { code, out, err } = await run(SITE, events);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const line of ['line 2', 'line 3', 'line 4', 'line 5']) expect(err).toContain(line);
  });

  it('lists every fault of a wrong site file and exits with 2', async () => {
    const { code, err } = await run(
      {
        ...SITE,
        nodes: [...SITE.nodes, { id: 'U', kind: 'feed' }, { id: 'x', kind: 'board', fedBy: 'nowhere' }],
      },
      jsonl(LINES),
    );
    expect(code).toBe(2);
    expect(err.trim().split('\n').length).toBeGreaterThanOrEqual(2);
  });

  it('says what is missing', async () => {
    let err = '';
    const code = await runReplay(['--site', 'nowhere.json'], {
      stdout: () => undefined,
      stderr: (text) => {
        err += text;
      },
    });
    expect(code).toBe(2);
    expect(err).toContain('--events');
  });
});
