import type { Instant } from '../units/time.ts';
import type { ClockName } from './clock-name.ts';
import { reachedAt, runningClock, type Span } from './clocks.ts';
import { type ClockRun, type Dispatch, noted, SYSTEM, type TakenStep } from './dispatch.ts';
import type { ChainTarget } from './settings.ts';

const MINUTE_MS = 60_000;

export interface ClockStep {
  readonly kind: 'warning' | 'escalation';
  readonly key: string;
  /** When it fell due. */
  readonly at: Instant;
  readonly clock: ClockName;
  readonly to: ChainTarget;
  /** Its clock has stopped meanwhile: it is on the record, and nobody is disturbed any more. */
  readonly moot: boolean;
}

export interface LapseStep {
  readonly kind: 'lapse';
  readonly key: string;
  readonly at: Instant;
  readonly offer: number;
}

export type DueStep = ClockStep | LapseStep;

interface Threshold {
  readonly span: Span;
  readonly elapsed_ms: number;
  readonly key: string;
  make(at: Instant): DueStep;
}

/**
 * The steps that have fallen due before `now` and were not taken, in order of time. What falls due depends on the record
 * alone and never on when somebody looks, so a process that was away finds exactly what it missed, and nothing twice.
 */
export function dueSteps(dispatch: Dispatch, now: Instant): readonly DueStep[] {
  const due: DueStep[] = [];
  for (const { span, elapsed_ms, make } of waiting(dispatch)) {
    const at = reachedAt(span, elapsed_ms);
    // Reached at the very instant of the stop is reached in time; strictly before, so that it holds however late one looks.
    if (at !== null && at < now && at < (span.stoppedAt ?? now)) due.push(make(at));
  }
  return due.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** When there is next something to look at; null while every clock stands still. */
export function nextStepAt(dispatch: Dispatch): Instant | null {
  let next: Instant | null = null;
  for (const { span, elapsed_ms } of waiting(dispatch)) {
    const at = reachedAt(span, elapsed_ms);
    if (at === null || at >= (span.stoppedAt ?? Number.POSITIVE_INFINITY)) continue;
    if (next === null || at < next) next = at;
  }
  return next === null ? null : next + 1;
}

/** The record with these steps on it; an offer that lapsed waits no longer. */
export function takeSteps(dispatch: Dispatch, steps: readonly DueStep[]): Dispatch {
  let after = dispatch;
  for (const step of steps) {
    if (step.kind !== 'lapse') continue;
    const offers = after.offers.map((offer) =>
      offer.n === step.offer ? { ...offer, answer: 'lapsed' as const, answeredAt: step.at } : offer,
    );
    const at = Math.max(step.at, after.history.at(-1)?.at ?? step.at);
    after = noted({ ...after, offers }, { at, by: SYSTEM, event: 'lapsed', note: String(step.offer) });
  }
  const taken: readonly TakenStep[] = steps.map(({ key, at }) => ({ key, at }));
  return { ...after, steps: [...after.steps, ...taken] };
}

function waiting(dispatch: Dispatch): readonly Threshold[] {
  const taken = new Set(dispatch.steps.map(({ key }) => key));
  const all = [...dispatch.clocks.flatMap((run) => clockThresholds(dispatch, run)), ...lapses(dispatch)];
  return all.filter(({ key }) => !taken.has(key));
}

function clockThresholds({ rules }: Dispatch, run: ClockRun): readonly Threshold[] {
  const { clock, round, limit_ms, stoppedAt } = run;
  const moot = stoppedAt !== null;
  const threshold = (
    kind: ClockStep['kind'],
    name: string,
    elapsed_ms: number,
    to: ChainTarget,
  ): Threshold => {
    const key = `${clock}.${round}.${name}`;
    return { span: run, elapsed_ms, key, make: (at) => ({ kind, key, at, clock, to, moot }) };
  };
  return [
    threshold('warning', 'warning', Math.floor((limit_ms * rules.warn_percent) / 100), 'engineer'),
    ...rules.chain.map(({ to, after_min }, i) =>
      threshold('escalation', `escalation.${i + 1}`, limit_ms + after_min * MINUTE_MS, to),
    ),
  ];
}

/** While the dispatch clock rests, nobody is hurried to answer. */
function lapses(dispatch: Dispatch): readonly Threshold[] {
  const pauses = runningClock(dispatch, 'dispatch')?.pauses ?? [];
  return dispatch.offers.flatMap((offer) => {
    if (offer.answer !== 'open') return [];
    const key = `offer.${offer.n}.lapsed`;
    const span = { startedAt: offer.at, stoppedAt: offer.answeredAt, pauses };
    const make = (at: Instant): LapseStep => ({ kind: 'lapse', key, at, offer: offer.n });
    return [{ span, elapsed_ms: dispatch.rules.offer_min * MINUTE_MS, key, make }];
  });
}
