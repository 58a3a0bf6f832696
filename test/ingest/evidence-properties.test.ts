import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { foldEvents, type ReplayResult } from '../../cli/replay/fold.ts';
import { readEvidenceLine, type StoredLine, writeEvidenceLine } from '../../contracts/evidence-line.ts';
import { windowOf } from '../../contracts/evidence-window.ts';
import { parseEvents } from '../../contracts/replay.ts';
import { parseSite } from '../../contracts/site-file.ts';
import type { Site } from '../../core/topology/site.ts';
import { compound } from '../support/compound.ts';
import { essence } from '../support/essence.ts';
import { evidenceOf } from '../support/evidence-of.ts';
import { type Cut, fieldEvents } from '../support/field.ts';
import { journalOf } from '../support/journaled.ts';
import { clock, type Line, PROFILES, toReplay } from '../support/replayed.ts';

const site = compound({ floors: 3, perFloor: 4, gateways: true });
const START = clock('08:50:00');
const END = clock('11:10:00');
const NODES = ['U', 'TX1', 'MDB-A', 'R1', 'R2', 'R3', 'F1', 'F2', 'H3', 'K2', 'u-F1-1', 'u-H2-3'];

function logOf(...given: Parameters<typeof evidenceOf>): string[] {
  return evidenceOf(...given).map(writeEvidenceLine);
}

function replayOf(
  of: Site,
  log: readonly string[],
  from: number,
  to: number,
  profiles = PROFILES,
): ReplayResult {
  const stored = log.map(readEvidenceLine).filter((line): line is StoredLine => line !== null);
  const window = windowOf(stored, from, to);
  if (window === null) throw new Error('the log has no hour to begin at');
  const parsed = parseEvents(window.events.map((event) => JSON.stringify(event)).join('\n'));
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return foldEvents(of, profiles, parsed.events, to);
}

/** What began at `from` or later. */
function since(result: ReplayResult, from: number): ReplayResult {
  return {
    ...result,
    incidents: result.incidents.filter(({ onset }) => Date.parse(onset) >= from),
    interruptions: result.interruptions.filter((one) => Date.parse(one.from) >= from),
  };
}

const cut = fc
  .record({
    node: fc.constantFrom(...NODES),
    from_s: fc.integer({ min: 0, max: 1_800 }),
    length_s: fc.integer({ min: 5, max: 1_500 }),
    phases: fc.constantFrom(undefined, undefined, 'A', 'BC'),
  })
  .map(
    ({ node, from_s, length_s, phases }): Cut => ({
      node,
      from: clock('10:05:00') + from_s * 1000,
      to: clock('10:05:00') + (from_s + length_s) * 1000,
      ...(phases === undefined ? {} : { phases }),
    }),
  );

const course = fc.record({
  cuts: fc.array(cut, { minLength: 1, maxLength: 3 }),
  seed: fc.nat(10_000),
  gasp: fc.constantFrom(0, 0.3, 0.8),
  /** Largest time a message is under way. */
  delay_ms: fc.constantFrom(0, 3_000),
  skew_ms: fc.constantFrom(0, 40_000),
  link: fc.boolean(),
  command: fc.constantFrom('none', 'planned', 'tie', 'open', 'restart'),
});
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

function linesOf({ cuts, seed, gasp, delay_ms, skew_ms, link, command }: Course): Line[] {
  const events: Line[] = fieldEvents(site, {
    start: START,
    until: END,
    cuts,
    seed,
    gasp,
    skew: (device) => (device.length % 2 === 0 ? skew_ms : -skew_ms),
    ...(link
      ? { links: [{ gateway: 'GW1', from: clock('09:30:00'), to: clock('09:42:00'), wills: true }] }
      : {}),
  }).map((event, i) => ({ ...event, at: event.at + ((i * 7_919 + seed) % (delay_ms + 1)) }));
  const at = clock('09:20:00');
  if (command === 'planned')
    events.push({
      at,
      command: { type: 'planned', id: 'w', nodes: ['R2'], from: clock('10:00:00'), to: clock('10:30:00') },
    });
  if (command === 'tie') events.push({ at, command: { type: 'tie', id: 'TIE', closed: true } });
  if (command === 'open')
    events.push({
      at: clock('10:10:30'),
      command: { type: 'open', node: 'H1', from: clock('10:09:00'), reason: 'a call', by: 'desk' },
    });
  if (command === 'restart') events.push({ at: clock('10:20:00'), command: { type: 'ingest_restart' } });
  return events.sort((a, b) => a.at - b.at);
}

describe('the evidence log', () => {
  it('of the demo compound replays to the same incidents', async () => {
    const profiles = await loadProfiles();
    const parsed = parseSite(JSON.parse(readFileSync('demo/demo.site.json', 'utf8')), profiles);
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    const demo = parsed.site;
    const until = clock('10:30:00');
    const breaker = demo.nodes.findLast(({ kind }) => kind === 'breaker')?.id ?? '';
    const lines = fieldEvents(demo, {
      start: clock('09:40:00'),
      until,
      cuts: [
        { node: breaker, from: clock('09:50:00'), to: clock('10:04:00') },
        { node: 'TX1', from: clock('10:10:00'), to: clock('10:20:00') },
      ],
    });
    const live = foldEvents(demo, profiles, toReplay(lines), until);
    expect(live.incidents.length).toBeGreaterThan(1);
    const log = logOf(journalOf(demo, lines, until), new Set(), profiles);
    expect(log.length).toBeLessThan(lines.length / 4);
    expect(essence(replayOf(demo, log, 0, until, profiles))).toEqual(essence(live));
  });

  it('replayed gives the incidents of the live run, whole or from a full hour on', () => {
    fc.assert(
      fc.property(course, (given) => {
        const lines = linesOf(given);
        const live = foldEvents(site, PROFILES, toReplay(lines), END);
        const log = logOf(journalOf(site, lines, END));
        expect(essence(replayOf(site, log, START, END))).toEqual(essence(live));
        const ten = clock('10:00:00');
        expect(essence(since(replayOf(site, log, ten, END), ten))).toEqual(essence(since(live, ten)));
      }),
      { numRuns: 12, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('has the same lines when detection is stopped and restarted at any record', () => {
    fc.assert(
      fc.property(course, fc.array(fc.nat(100_000), { minLength: 1, maxLength: 4 }), (given, stops) => {
        const records = journalOf(site, linesOf(given), END);
        const at = new Set(stops.map((stop) => 1 + (stop % (records.length - 1))));
        expect(logOf(records, at)).toEqual(logOf(records));
      }),
      { numRuns: 4, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('keeps one line of a device and quiet hour', () => {
    const lines = fieldEvents(site, { start: clock('08:00:00'), until: clock('12:00:00') - 1 });
    const log = logOf(journalOf(site, lines, clock('12:00:00')));
    const perDeviceHour = (log.length - 5) / (site.devices.length * 4);
    expect(perDeviceHour).toBeLessThanOrEqual(1.25);
    expect(log.join('\n').length / (site.devices.length * 4)).toBeLessThan(400);
    expect(lines.length).toBeGreaterThan(50 * log.length);
  });
});
