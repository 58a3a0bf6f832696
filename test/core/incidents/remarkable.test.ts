import { expect, test } from 'vitest';
import { replayId } from '../../../cli/replay/replay-run.ts';
import type { Heard } from '../../../core/incidents/engine.ts';
import { createSiteEngine } from '../../../core/incidents/site-engine.ts';
import { createDecoder } from '../../../core/readings/decoder.ts';
import type { Site } from '../../../core/topology/site.ts';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, type Line, PROFILES, toReplay } from '../../support/replayed.ts';

/** What the engine says of each message, in order. */
function hearAll(site: Site, lines: readonly Line[]): (Heard & { device: string; arrival: number })[] {
  const engine = createSiteEngine(site, PROFILES, replayId);
  const decoder = createDecoder({ get: () => site, all: () => [site] }, PROFILES);
  const heard: (Heard & { device: string; arrival: number })[] = [];
  let second = 0;
  for (const event of toReplay(lines)) {
    for (second ||= Math.floor(event.at / 1000); (second + 1) * 1000 <= event.at; )
      engine.apply({ kind: 'tick', at: ++second * 1000 });
    if (event.kind === 'command') continue;
    const decoded = decoder.decode(event.topic, event.payload, event.at);
    if (!('message' in decoded)) throw new Error(decoded.detail);
    engine.apply({ kind: 'message', at: event.at, message: decoded.message, stored: false });
    const note = engine.heard?.();
    if (note !== undefined) heard.push({ ...note, device: decoded.message.device, arrival: event.at });
  }
  return heard;
}

const start = clock('10:00:00');

test('of a quiet hour only the first reading of each device is remarkable', () => {
  const site = compound({ floors: 2 });
  const heard = hearAll(site, fieldEvents(site, { start, until: clock('11:00:00') }));
  const remarkable = heard.filter(({ worth }) => worth === 'remarkable');
  expect(remarkable.length).toBe(site.devices.length);
  expect(heard.length).toBeGreaterThan(50 * site.devices.length);
  expect(heard.filter(({ worth }) => worth === 'nothing')).toEqual([]);
});

test('a loss makes one reading of each live device remarkable, and those of boards until it is forgotten', () => {
  const site = compound({ floors: 3 });
  const cuts = [{ node: 'R2', from: clock('10:20:10'), to: clock('10:40:00') }];
  const heard = hearAll(site, fieldEvents(site, { start, until: clock('11:30:00'), cuts, gasp: 0.5 }));
  const during = heard.filter(
    ({ arrival, worth }) =>
      worth === 'remarkable' && arrival > clock('10:21:30') && arrival < clock('10:39:00'),
  );
  expect(new Set(during.map(({ device }) => device))).toEqual(new Set(['a-MDB-A', 'a-MDB-B', 'a-R1']));
  const returned = heard.filter(
    ({ device, arrival, worth }) =>
      device.startsWith('m-H') && arrival >= clock('10:40:00') && worth === 'remarkable',
  );
  expect(new Set(returned.map(({ device }) => device)).size).toBe(12);
  expect(heard.filter(({ arrival, worth }) => arrival > clock('11:05:00') && worth !== 'live')).toEqual([]);
});

test('a repeat is worth nothing, and a reading long under way neither; the clock correction is told', () => {
  const site = compound({ floors: 1 });
  const reading = (at: number, ts: number): Line => ({
    at,
    topic: 'relight/s/m-F1-1/telemetry',
    payload: { ts, uptime_s: 1000 + Math.floor((ts - start) / 1000), voltage: 230 },
  });
  const lines = [
    reading(start, start - 7_000),
    reading(start + 60_000, start + 52_000),
    reading(start + 61_000, start + 52_000),
    reading(start + 600_000, start + 112_000),
  ];
  const heard = hearAll(site, lines);
  expect(heard.map(({ worth }) => worth)).toEqual(['remarkable', 'live', 'nothing', 'nothing']);
  expect(heard.map(({ skew_ms }) => skew_ms)).toEqual([7_000, 7_000, 7_000, 7_000]);
  expect(heard[1]?.at).toBe(start + 59_000);
});
