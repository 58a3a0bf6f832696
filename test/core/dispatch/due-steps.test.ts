import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../../core/dispatch/advance.ts';
import { clockStatus, elapsed_ms, reachedAt } from '../../../core/dispatch/clocks.ts';
import { type Dispatch, openOffer } from '../../../core/dispatch/dispatch.ts';
import { dueSteps, nextStepAt, takeSteps } from '../../../core/dispatch/due-steps.ts';
import { followIncident } from '../../../core/dispatch/follow-incident.ts';
import { offer } from '../../../core/dispatch/offer.ts';
import { pause, resume } from '../../../core/dispatch/pause.ts';
import { isRefused, type Refusal } from '../../../core/dispatch/refusal.ts';
import { done, MINUTE, minutes, opened, T0 } from './builders.ts';

const keysAt = (dispatch: Dispatch, now: number): readonly string[] =>
  dueSteps(dispatch, now).map(({ key }) => key);

describe('the clocks of the mission', () => {
  it('warn at 80 % and escalate along the chain from 100 %, each at its minute and none before', () => {
    const dispatch = opened({ concernsOwners: false });
    const at = (key: string) => dueSteps(dispatch, minutes(24 * 60)).find((step) => step.key === key)?.at;
    expect(at('dispatch.1.warning')).toBe(minutes(12));
    expect(at('dispatch.1.escalation.1')).toBe(minutes(15));
    expect(at('dispatch.1.escalation.2')).toBe(minutes(20));
    expect(at('dispatch.1.escalation.3')).toBe(minutes(30));
    expect(at('on_site.1.warning')).toBe(minutes(24));
    expect(at('on_site.1.escalation.1')).toBe(minutes(30));
    expect(keysAt(dispatch, minutes(12))).toEqual([]);
    expect(keysAt(dispatch, minutes(12) + 1)).toEqual(['dispatch.1.warning']);
  });

  it('count the owners from the onset, engineers from detection', () => {
    const steps = dueSteps(opened(), minutes(24 * 60));
    expect(steps.find(({ key }) => key === 'informed.1.escalation.1')?.at).toBe(minutes(-5 + 120));
  });

  it('that were kept owe nothing; reached at the limit is in time', () => {
    const asked = done(
      offer(opened({ concernsOwners: false }), { engineer: 'e1', by: 'desk', at: T0, code: '1234' }),
    );
    const accepted = done(advance(asked, { move: 'accept', engineer: 'e1', by: 'e1', at: minutes(12) }));
    const there = done(advance(accepted, { move: 'arrive', by: 'e1', at: minutes(24) }));
    expect(keysAt(there, minutes(600))).toEqual([]);
    expect(there.clocks.map((run) => clockStatus(run, minutes(600)))).toEqual(['met', 'met']);
  });

  it('that ended late while nobody looked are on the record, and wake nobody', () => {
    const asked = done(
      offer(opened({ concernsOwners: false }), { engineer: 'e1', by: 'desk', at: T0, code: '1234' }),
    );
    const late = done(advance(asked, { move: 'accept', engineer: 'e1', by: 'e1', at: minutes(16) }));
    const steps = dueSteps(late, minutes(17));
    expect(steps.map(({ key }) => key)).toEqual(['dispatch.1.warning', 'dispatch.1.escalation.1']);
    expect(steps.every((step) => step.kind !== 'lapse' && step.moot)).toBe(true);
  });

  it('rest while paused, and take the time up again where it was left', () => {
    const paused = done(
      pause(opened({ concernsOwners: false }), { clock: null, reason: 'flood', by: 'm', at: minutes(10) }),
    );
    expect(keysAt(paused, minutes(10_000))).toEqual([]);
    expect(nextStepAt(paused)).toBeNull();
    const resumed = done(resume(paused, { clock: null, reason: '', by: 'm', at: minutes(100) }));
    expect(keysAt(resumed, minutes(102))).toEqual([]);
    expect(dueSteps(resumed, minutes(103))[0]).toMatchObject({ key: 'dispatch.1.warning', at: minutes(102) });
  });

  it('name the moment for the next look, so that none need look in between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), (n) => {
        const now = minutes(n);
        const dispatch = opened();
        const after = takeSteps(dispatch, dueSteps(dispatch, now));
        const next = nextStepAt(after);
        if (next === null) return;
        expect(dueSteps(after, next - 1)).toEqual([]);
        expect(dueSteps(after, next).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('an offer', () => {
  it('lapses unanswered, once, and not while the clock of acceptance rests', () => {
    const asked = done(offer(opened(), { engineer: 'e1', by: 'desk', at: T0, code: '1234' }));
    expect(keysAt(asked, minutes(5))).toEqual([]);
    const lapsed = takeSteps(asked, dueSteps(asked, minutes(5) + 1));
    expect(openOffer(lapsed)).toBeNull();
    expect(keysAt(lapsed, minutes(11))).toEqual([]);
    const resting = done(pause(asked, { clock: 'dispatch', reason: 'r', by: 'm', at: minutes(1) }));
    expect(keysAt(resting, minutes(11))).not.toContain('offer.1.lapsed');
  });

  it('that lapsed can still be taken up while nobody else has', () => {
    const asked = done(offer(opened(), { engineer: 'e1', by: 'desk', at: T0, code: '1234' }));
    const lapsed = takeSteps(asked, dueSteps(asked, minutes(5) + 1));
    const late = done(advance(lapsed, { move: 'accept', engineer: 'e1', by: 'e1', at: minutes(6) }));
    expect(late).toMatchObject({ state: 'accepted', engineer: 'e1' });
  });
});

/** What people and the incident do, each at its own time. */
type Act = { readonly after_ms: number; readonly what: number };

function act(dispatch: Dispatch, what: number, at: number): Dispatch {
  const by = 'e1';
  const outcomes: readonly (() => Dispatch | Refusal)[] = [
    () => offer(dispatch, { engineer: `e${dispatch.offers.length}`, by, at, code: '1234' }),
    () => advance(dispatch, { move: 'accept', engineer: openOffer(dispatch)?.engineer ?? '', by, at }),
    () => advance(dispatch, { move: 'decline', engineer: openOffer(dispatch)?.engineer ?? '', by, at }),
    () => advance(dispatch, { move: 'travel', by, at }),
    () => advance(dispatch, { move: 'arrive', by, at }),
    () => advance(dispatch, { move: 'restore', by, at }),
    () => advance(dispatch, { move: 'visit', by, at }),
    () => pause(dispatch, { clock: null, reason: 'r', by, at }),
    () => pause(dispatch, { clock: 'dispatch', reason: 'r', by, at }),
    () => resume(dispatch, { clock: null, reason: 'r', by, at }),
    () => followIncident(dispatch, { state: 'restored', restoredAt: at }, at),
    () => followIncident(dispatch, { state: 'open', restoredAt: null }, at),
    () => followIncident(dispatch, { state: 'retracted', restoredAt: null }, at),
  ];
  const outcome = outcomes[what % outcomes.length]?.() ?? dispatch;
  return isRefused(outcome) ? dispatch : outcome;
}

/**
 * Lives through the acts with a process that looks every `every_ms` while it is up; `down` are its spells of being away. A
 * restart is nothing but the record read back from the store.
 */
function live(acts: readonly Act[], every_ms: number, down: readonly (readonly [number, number])[]) {
  let dispatch = opened();
  const taken: string[] = [];
  let now = T0;
  const look = (at: number): void => {
    if (down.some(([from, to]) => from <= at && at < to)) return;
    const steps = dueSteps(dispatch, at).filter(({ kind }) => kind !== 'lapse');
    if (steps.length === 0) return;
    const stored = JSON.parse(JSON.stringify(dispatch)) as Dispatch;
    taken.push(...steps.map(({ key, at: due }) => `${key}@${due}`));
    dispatch = takeSteps(stored, steps);
  };
  const runTo = (end: number, step_ms = every_ms): void => {
    for (let at = now + step_ms; at < end; at += step_ms) look(at);
    now = end;
  };
  for (const { after_ms, what } of acts) {
    runTo(now + after_ms);
    dispatch = act(dispatch, what, now);
  }
  runTo(now + 26 * 60 * MINUTE, 30 * MINUTE);
  look(now + 30 * 24 * 60 * MINUTE);
  return { taken: [...taken].sort(), dispatch };
}

describe('a process that comes and goes', () => {
  const acts = fc.array(fc.record({ after_ms: fc.integer({ min: 1, max: 40 * MINUTE }), what: fc.nat(12) }), {
    maxLength: 14,
  });
  const spells = fc.array(
    fc
      .tuple(fc.nat(400), fc.nat(200))
      .map(([from, length]) => [minutes(from), minutes(from + length)] as const),
    { maxLength: 4 },
  );

  it('takes exactly the steps of one that never went, none twice, whenever it was away', () => {
    fc.assert(
      fc.property(acts, spells, fc.constantFrom(3 * MINUTE, 7 * MINUTE, 297_531), (all, down, every_ms) => {
        const steady = live(all, 2 * MINUTE, []);
        const broken = live(all, every_ms, down);
        expect(new Set(broken.taken).size).toBe(broken.taken.length);
        expect(broken.taken).toEqual(steady.taken);
      }),
      { numRuns: 60 },
    );
  });

  it('never takes a step for a clock before its limit or after its end', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const { dispatch } = live(all, 5 * MINUTE, []);
        for (const { key, at } of dispatch.steps) {
          const [clock, round, name] = key.split('.');
          const run = dispatch.clocks.find((one) => one.clock === clock && String(one.round) === round);
          expect(run).toBeDefined();
          if (run === undefined) continue;
          expect(at).toBeLessThan(run.stoppedAt ?? Number.POSITIVE_INFINITY);
          const counted = elapsed_ms({ ...run, stoppedAt: null }, at);
          expect(counted).toBeGreaterThanOrEqual(name === 'warning' ? 0.8 * run.limit_ms - 1 : run.limit_ms);
        }
      }),
      { numRuns: 50 },
    );
  });
});

it('a stretch of counted time is reached where that much has been counted', () => {
  const holes = fc.array(fc.tuple(fc.nat(100), fc.nat(50)), { maxLength: 5 });
  fc.assert(
    fc.property(holes, fc.nat(500), (all, wanted) => {
      let from = 0;
      const pauses = all.map(([gap, length]) => {
        const pause = { from: from + gap, to: from + gap + length, reason: '', by: '' };
        from = pause.to;
        return pause;
      });
      const span = { startedAt: 0, stoppedAt: null, pauses };
      const at = reachedAt(span, wanted);
      expect(at).not.toBeNull();
      expect(elapsed_ms(span, at ?? 0)).toBe(wanted);
    }),
  );
});
