import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalKind, JournalRecord } from '../../core/ports/journal.ts';
import { createDecoder } from '../../core/readings/decoder.ts';
import type { EngineFactory } from '../../ingest/engine-factory.ts';
import { createFold, type Effect, type FoldListener, type FoldState } from '../../ingest/fold.ts';
import { encodeJournaled } from '../../ingest/journaled.ts';
import { plainEngines } from '../support/plain-engine.ts';
import { smallSite } from '../support/small-site.ts';

const SITE = 'court';
const START = 1_800_000_000_000;
const failures: unknown[] = [];

const listener: FoldListener = {
  decoded: () => undefined,
  refused: () => undefined,
  failed: (_site, _offset, cause) => failures.push(cause),
  siteChanged: () => undefined,
  blind: () => undefined,
  ask: () => undefined,
  recorded: () => undefined,
};

function newFold(state: FoldState | null, engines: EngineFactory = plainEngines) {
  return createFold({ engines, createDecoder: (sites) => createDecoder(sites, new Map()), listener }, state);
}

function recordOf(
  offset: number,
  kind: JournalKind,
  at: number,
  topic = '',
  payload: Uint8Array = Buffer.alloc(0),
): JournalRecord {
  return { offset, kind, at, topic, payload, stored: false };
}

const firstSite = recordOf(
  0,
  'command',
  START,
  SITE,
  encodeJournaled({ id: 's', type: 'site', version: 1, site: smallSite(SITE), afresh: false }),
);

/** A journal of losses, returns, ticks and commands, some of them twice, with times that never fall. */
const anyJournal = fc
  .array(
    fc.record({
      what: fc.constantFrom('lost', 'back', 'tick', 'open', 'junk'),
      unit: fc.integer({ min: 1, max: 6 }),
      wait_ms: fc.integer({ min: 0, max: 1_500 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = START;
    return [
      firstSite,
      ...steps.map(({ what, unit, wait_ms }, index): JournalRecord => {
        at += wait_ms;
        const offset = index + 1;
        if (what === 'tick') return recordOf(offset, 'tick', at);
        if (what === 'junk')
          return recordOf(offset, 'message', at, `relight/${SITE}/m-1/event`, Buffer.from('{'));
        if (what === 'open') {
          const command = { type: 'open', node: `u-${unit}`, from: START, reason: 'call' } as const;
          return recordOf(
            offset,
            'command',
            at,
            SITE,
            encodeJournaled({ id: `c-${unit}`, type: 'command', command }),
          );
        }
        const type = what === 'lost' ? 'power_lost' : 'power_restored';
        return recordOf(
          offset,
          'message',
          at,
          `relight/${SITE}/m-${unit}/event`,
          Buffer.from(JSON.stringify({ ts: at, type })),
        );
      }),
    ];
  });

describe('the fold', () => {
  it('gives the same effects, ids included, wherever it was stopped and gone on with from its state', () => {
    fc.assert(
      fc.property(anyJournal, fc.nat(), (records, at) => {
        const whole = newFold(null);
        const expected = records.flatMap((record) => whole.apply(record));
        const cut = at % (records.length + 1);
        const first = newFold(null);
        const effects: Effect[] = records.slice(0, cut).flatMap((record) => first.apply(record));
        const second = newFold(JSON.parse(JSON.stringify(first.state())));
        effects.push(...records.slice(cut).flatMap((record) => second.apply(record)));
        expect(effects).toEqual(expected);
        expect(second.state()).toEqual(whole.state());
        expect(failures).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('acts once on a command that was journaled twice', () => {
    const fold = newFold(null);
    fold.apply(firstSite);
    const command = { type: 'open', node: 'u-1', from: START, reason: 'call' } as const;
    const payload = encodeJournaled({ id: 'c', type: 'command', command });
    expect(fold.apply(recordOf(1, 'command', START, SITE, payload))).toHaveLength(1);
    const back = Buffer.from(JSON.stringify({ type: 'power_restored' }));
    expect(fold.apply(recordOf(2, 'message', START + 1, `relight/${SITE}/m-1/event`, back))).toHaveLength(1);
    fold.apply(recordOf(3, 'tick', START + 5_000));
    expect(fold.apply(recordOf(4, 'command', START + 5_001, SITE, payload))).toEqual([]);
    expect(fold.openIncidents(SITE)).toEqual([]);
  });

  it('makes up for ticks a busy loop missed, never for time in which nobody listened, and never goes back', () => {
    const ticks: number[] = [];
    const engines: EngineFactory = {
      ...plainEngines,
      create(site, newId, at) {
        const engine = plainEngines.create(site, newId, at);
        return {
          ...engine,
          apply(input) {
            if (input.kind === 'tick') ticks.push(input.at - START);
            return engine.apply(input);
          },
        };
      },
    };
    const fold = newFold(null, engines);
    fold.apply(firstSite);
    const restart = encodeJournaled({
      id: 'r',
      type: 'command',
      command: { type: 'ingest_restart', blindFrom: START + 8_000 },
    });
    const times = [1_003, 2_001, 2_001, 5_002];
    for (const [index, at] of times.entries()) fold.apply(recordOf(1 + index, 'tick', START + at));
    fold.apply(recordOf(5, 'message', START + 7_400, `relight/${SITE}/m-1/event`, Buffer.from('{}')));
    fold.apply(recordOf(6, 'tick', START + 7_450));
    fold.apply(recordOf(7, 'command', START + 60_200, '', restart));
    fold.apply(recordOf(8, 'tick', START + 61_001));
    expect(ticks).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 61_000]);
    expect(failures).toEqual([]);
  });

  it('passes over an input the engine cannot handle and tells', () => {
    const engines: EngineFactory = {
      ...plainEngines,
      create(site, newId, at) {
        const engine = plainEngines.create(site, newId, at);
        return {
          ...engine,
          apply(input) {
            if (input.kind === 'message' && input.message.device === 'm-2')
              throw new Error('a mistake of ours');
            return engine.apply(input);
          },
        };
      },
    };
    const fold = newFold(null, engines);
    fold.apply(firstSite);
    const lost = Buffer.from(JSON.stringify({ type: 'power_lost' }));
    expect(fold.apply(recordOf(1, 'message', START, `relight/${SITE}/m-2/event`, lost))).toEqual([]);
    expect(fold.apply(recordOf(2, 'message', START, `relight/${SITE}/m-3/event`, lost))).toHaveLength(1);
    expect(failures.splice(0)).toHaveLength(1);
  });
});
