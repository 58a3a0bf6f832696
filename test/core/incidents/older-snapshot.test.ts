import { describe, expect, it } from 'vitest';
import { foldEvents } from '../../../cli/replay/fold.ts';
import { replayId } from '../../../cli/replay/replay-run.ts';
import { restoreSiteEngine } from '../../../core/incidents/site-engine.ts';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, PROFILES, toReplay } from '../../support/replayed.ts';

const UNTIL = clock('10:40:00');

/** What an earlier version did not write: of gateways, of losses, and of what devices say of them. */
const NEWER = new Set([
  'spoke',
  'willAt',
  'backAt',
  'carried',
  'reporterBack',
  'dark',
  'gatewaysBack',
  'ran',
]);

/** The snapshot as that version wrote it. A device has kept `spoke` and `dark` all along. */
function asWrittenBefore(value: unknown, key = ''): unknown {
  if (key === 'devices' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => asWrittenBefore(item));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !NEWER.has(name))
      .map(([name, inside]) => [name, asWrittenBefore(inside, name)]),
  );
}

const site = compound({
  floors: 2,
  change(file) {
    file.nodes.push(
      { id: 'E1', kind: 'breaker', fedBy: 'EMDB' },
      { id: 'lift-E1', kind: 'unit', fedBy: 'E1' },
      { id: 'light-E1', kind: 'unit', fedBy: 'E1', phases: 'A' },
    );
    file.gateways.push({ id: 'GW-E1', poweredBy: 'E1', via: null });
    for (const id of ['lift-E1', 'light-E1'])
      file.devices.push({ id: `m-${id}`, profile: 'native', node: id, via: 'GW-E1', interval_s: 60 });
  },
});
const lines = toReplay(
  fieldEvents(site, {
    start: clock('09:50:00'),
    until: UNTIL,
    gasp: 0.5,
    standby_ms: 8_000,
    cuts: [
      { node: 'E1', from: clock('10:00:00'), to: clock('10:05:00'), phases: 'A' },
      { node: 'R1', from: clock('10:15:00'), to: clock('10:20:00') },
    ],
  }),
);

describe('a snapshot of an earlier version', () => {
  it.each([
    ['before a loss', '09:58:00'],
    ['in the middle of one', '10:02:00'],
    ['between two', '10:12:00'],
    ['in the middle of a greater one', '10:17:00'],
  ])('taken up %s goes on as if it had been written now', (_, time) => {
    const stop = lines.findIndex(({ at }) => at >= clock(time));
    const straight = foldEvents(site, PROFILES, lines, UNTIL);
    const taken = foldEvents(site, PROFILES, lines, UNTIL, (engine, input) => {
      if (input !== stop) return engine;
      const before = asWrittenBefore(JSON.parse(JSON.stringify(engine.snapshot())));
      return restoreSiteEngine(site, PROFILES, replayId, before);
    });
    expect(straight.incidents.length).toBeGreaterThanOrEqual(2);
    expect(taken).toEqual(straight);
  });
});
