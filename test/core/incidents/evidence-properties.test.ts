import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldEvents, type ReplayResult } from '../../../cli/replay/fold.ts';
import type { SiteEngine } from '../../../core/incidents/engine.ts';
import { compound } from '../../support/compound.ts';
import { essence } from '../../support/essence.ts';
import { type FieldEvent, fieldEvents, random } from '../../support/field.ts';
import { clock, type Line, PROFILES, replayed, toReplay } from '../../support/replayed.ts';
import { type Cut, cutsOver } from '../../support/supply.ts';

const site = compound({ floors: 3, perFloor: 4 });
const START = clock('09:54:00');
const QUIET = clock('10:00:00');
const END = clock('10:30:00');
const REORDER_MS = 1000 * site.site.detection.reorder_s;
const NODES = ['U', 'TX1', 'MDB-A', 'R1', 'R2', 'R3', 'F1', 'F2', 'H2', 'K2', 'u-F1-1', 'u-H2-3'];

const cutOf = fc
  .record({
    node: fc.constantFrom(...NODES),
    phases: fc.constantFrom('ABC', 'ABC', 'ABC', 'B'),
    from_s: fc.integer({ min: 10, max: 300 }),
    length_s: fc.integer({ min: 30, max: 600 }),
  })
  .map(
    ({ node, phases, from_s, length_s }): Cut => ({
      node,
      ...(node.startsWith('u-') ? {} : { phases }),
      from: QUIET + from_s * 1000,
      to: QUIET + (from_s + length_s) * 1000,
    }),
  );
interface Course {
  readonly cuts: Cut[];
  readonly seed: number;
  readonly gasp: number;
}
const courseOf = (most: number) =>
  fc.record({
    cuts: fc.array(cutOf, { minLength: 1, maxLength: most }),
    seed: fc.nat(10_000),
    gasp: fc.constantFrom(0.3, 0.6, 0.9),
  });
const eventsOf = ({ cuts, seed, gasp }: Course): FieldEvent[] =>
  fieldEvents(site, { start: START, until: END, cuts, seed, gasp });

/** A copy of a reading of before the loss arrives after the return. */
const SHORT_AND_STALE: [Course, number] = [
  {
    cuts: [{ node: 'F2', phases: 'ABC', from: clock('10:03:43'), to: clock('10:04:13') }],
    seed: 8834,
    gasp: 0.3,
  },
  3,
];

const LIMITS = { interruptAfterTimeLimit: 4_000 };

/** A reading later than its device's silence limit is history, which nothing here asks about. */
const LATEST_MS = new Map(
  site.devices.map(({ id, interval_s }) => [
    id,
    Math.min(REORDER_MS, 1000 * (site.site.detection.silentIntervals * interval_s - 1)),
  ]),
);

/** With three in ten late by minutes one course in some twenty-five still dates a return half a second apart. */
const LATE_SHARE = 0.05;

/** Every so often a message is late; the first minutes are left alone, so that the devices' clocks are known. */
function reordered(lines: readonly FieldEvent[], seed: number, share: number): Line[] {
  const chance = random(seed);
  return lines.map((line) => {
    const latest = LATEST_MS.get(line.topic.split('/')[2] ?? '') ?? REORDER_MS;
    return line.at > QUIET && chance() < share
      ? { ...line, at: line.at + Math.floor(chance() * latest) }
      : line;
  });
}

/** The units that an incident lists although they were never dark on those phases in that time. */
function outsiders(cuts: readonly Cut[], { incidents }: ReplayResult): string[] {
  return incidents
    .filter(({ kind, state }) => (kind === 'outage' || kind === 'partial') && state !== 'retracted')
    .flatMap(({ root, affected }) =>
      affected.flatMap(({ node, from, to, phases }) => {
        const end = to === null ? Number.POSITIVE_INFINITY : Date.parse(to);
        const dark = cutsOver(site, cuts, node, 'out').some(
          (cut) =>
            cut.from <= end + 1_000 &&
            (cut.to ?? end) >= Date.parse(from) - 1_000 &&
            [...(cut.phases ?? 'ABC')].some((phase) => phases.includes(phase)),
        );
        return dark ? [] : [`${node} under ${root}`];
      }),
    );
}

describe('messages that arrive otherwise than they were sent', () => {
  it('in another order, within the reorder time, end in the same incidents and ledger', () => {
    fc.assert(
      fc.property(courseOf(2), (given) => {
        const lines = eventsOf(given);
        expect(essence(replayed(site, reordered(lines, given.seed, LATE_SHARE), END + REORDER_MS))).toEqual(
          essence(replayed(site, lines, END + REORDER_MS)),
        );
      }),
      { numRuns: 40, ...LIMITS },
    );
  });

  it('twice, up to ninety seconds apart, end in the same incidents and ledger', () => {
    fc.assert(
      fc.property(courseOf(2), fc.integer({ min: 2, max: 7 }), (given, every) => {
        const lines = eventsOf(given);
        const chance = random(given.seed);
        const copies = lines
          .filter((_, i) => i % every === 0)
          .map((line) => ({ ...line, at: line.at + Math.floor(chance() * 90_000) }));
        expect(essence(replayed(site, [...lines, ...copies], END + REORDER_MS))).toEqual(
          essence(replayed(site, lines, END + REORDER_MS)),
        );
      }),
      { numRuns: 40, ...LIMITS, examples: [SHORT_AND_STALE] },
    );
  });

  it('not at all, never add an incident outside the cut', () => {
    fc.assert(
      fc.property(courseOf(2), fc.constantFrom(0, 0.01, 0.2), (given, share) => {
        const lines = eventsOf(given);
        const chance = random(given.seed);
        const one = Math.floor(chance() * lines.length);
        const left = lines.filter((_, i) => (share === 0 ? i !== one : chance() >= share));
        expect(outsiders(given.cuts, replayed(site, left, END))).toEqual([]);
      }),
      { numRuns: 60, ...LIMITS },
    );
  });
});

describe('at any time', () => {
  it('no unit with fresh live voltage on the listed phases is called dark', () => {
    fc.assert(
      fc.property(courseOf(2), (given) => {
        const witness = watchVoltages();
        const lines = toReplay(eventsOf(given));
        const sources = [...eventsOf(given)];
        const wrong: string[] = [];
        let input = 0;
        let second = 0;
        foldEvents(site, PROFILES, lines, END, (engine) => {
          const now = sources[input]?.at ?? END;
          if (Math.floor(now / 1000) > second) wrong.push(...witness.contradictions(engine, now));
          second = Math.floor(now / 1000);
          witness.hear(sources[input++]);
          return engine;
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 30, ...LIMITS },
    );
  });
});

/** Remembers what each unit's meter last measured, and holds it against the open incidents. */
function watchVoltages() {
  const last = new Map<string, { ts: number; live: string; dark: number }>();
  const meters = new Map(site.devices.map((device) => [device.node, device]));
  return {
    hear(event: FieldEvent | undefined) {
      if (event === undefined) return;
      const device = event.topic.split('/')[2] ?? '';
      const message = event.payload as Record<string, unknown>;
      const ts = Number(message.ts);
      const known = last.get(device) ?? { ts: 0, live: '', dark: 0 };
      if (message.type === 'power_lost') last.set(device, { ...known, dark: ts });
      if (message.type !== undefined) return;
      const phases = site.devices.find(({ id }) => id === device)?.phases ?? '';
      const volts = (phase: string) =>
        Number(message.voltage ?? message[`voltage_${phase.toLowerCase()}`] ?? 0);
      last.set(device, { ...known, ts, live: [...phases].filter((phase) => volts(phase) > 200).join('') });
    },
    contradictions(engine: SiteEngine, now: number): string[] {
      return engine
        .openIncidents()
        .filter(({ kind }) => kind === 'outage' || kind === 'partial')
        .flatMap(({ root, affected }) =>
          affected.flatMap(({ node, from, to, phases }) => {
            const meter = meters.get(node);
            const seen = meter === undefined ? undefined : last.get(meter.id);
            if (to !== null || meter === undefined || seen === undefined) return [];
            const fresh = seen.ts > from && now - seen.ts <= 1500 * meter.interval_s && seen.ts > seen.dark;
            const live = [...phases].filter((phase) => seen.live.includes(phase)).join('');
            return fresh && live !== ''
              ? [`${node} ${live} under ${root} at ${new Date(now).toISOString()}`]
              : [];
          }),
        );
    },
  };
}
