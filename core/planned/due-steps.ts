import type { Instant } from '../units/time.ts';
import { isOver, type PlannedEntry, type PlannedOutage } from './outage.ts';

const HOUR_MS = 3_600_000;

/** ahead: people are told or reminded. start, end, overrun: the window begins, is over, or is over and still dark. */
export interface PlanStep {
  readonly kind: 'ahead' | 'start' | 'end' | 'overrun';
  readonly key: string;
  /** When it fell due, whenever somebody looks. */
  readonly at: Instant;
}

/** What detection says about the nodes of the window at the moment of looking. */
export type PlanSupply = 'off' | 'on_or_unknown';

/**
 * The steps that have fallen due and were not taken, in order of time. They depend on the record and instants alone: a
 * process that was away finds exactly what it missed, and nothing twice, whatever the wall clock did.
 */
export function duePlanSteps(plan: PlannedOutage, supply: PlanSupply, now: Instant): readonly PlanStep[] {
  return thresholds(plan, supply).filter(({ at }) => at <= now);
}

/** When there is next something to look at; null for never. */
export function nextPlanStepAt(plan: PlannedOutage): Instant | null {
  if (plan.bound !== plan.version) return plan.windowSince;
  const [first] = thresholds(plan, 'on_or_unknown');
  return first?.at ?? null;
}

/** The record with these steps on it. */
export function takePlanSteps(plan: PlannedOutage, steps: readonly PlanStep[]): PlannedOutage {
  let after: PlannedOutage = {
    ...plan,
    steps: [...plan.steps, ...steps.map(({ key, at }) => ({ key, at }))],
  };
  for (const { kind, at } of steps) {
    if (kind === 'ahead') continue;
    const event = ENTRIES[kind];
    const state = kind === 'start' ? 'running' : event === 'overrun' ? 'overrun' : 'ended';
    const entry: PlannedEntry = { at, by: 'relight', event, note: null };
    after = { ...after, state, history: [...after.history, entry] };
  }
  return after;
}

const ENTRIES = { start: 'started', end: 'ended', overrun: 'overrun' } as const;

function thresholds(plan: PlannedOutage, supply: PlanSupply): readonly PlanStep[] {
  if (isOver(plan)) return [];
  const taken = new Set(plan.steps.map(({ key }) => key));
  const begun = taken.has(START);
  const steps: PlanStep[] = [];
  if (!begun) {
    for (const hours of plan.rules.ahead_h) {
      const key = `ahead.${hours}.${plan.from}`;
      steps.push({ kind: 'ahead', key, at: Math.max(plan.from - hours * HOUR_MS, plan.announcedAt) });
    }
    steps.push({ kind: 'start', key: START, at: plan.from });
  }
  // Still dark at the announced end: it may come back within the grace.
  steps.push(
    supply === 'off'
      ? { kind: 'overrun', key: END, at: plan.to + 1000 * plan.rules.grace_s }
      : { kind: 'end', key: END, at: plan.to },
  );
  return steps.filter(({ key }) => !taken.has(key)).sort((a, b) => a.at - b.at);
}

const START = 'start';
const END = 'end';
