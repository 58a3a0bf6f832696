import type { Instant } from '../units/time.ts';
import {
  type Exemption,
  isOver,
  type PlannedEntry,
  type PlannedOutage,
  type PlannedRules,
  type WorkKind,
} from './outage.ts';

const HOUR_MS = 3_600_000;

/** Why a plan cannot be made or changed like this; `missed_h` with `notice_too_late`. */
export interface PlanRefusal {
  readonly refused: 'over' | 'started' | 'in_the_past' | 'ends_before_it_begins' | 'notice_too_late';
  readonly missed_h: readonly number[];
}

export interface Window {
  readonly nodes: readonly string[];
  readonly from: Instant;
  readonly to: Instant;
}

interface Given {
  readonly by: string;
  readonly at: Instant;
  /** Why people are told too late; needed when they are. */
  readonly exemption?: string;
}

/** Notice periods that can no longer be kept, hours. */
export function missedPeriods(
  { required_h }: Pick<PlannedRules, 'required_h'>,
  from: Instant,
  now: Instant,
): readonly number[] {
  return required_h.filter((hours) => from - hours * HOUR_MS < now);
}

export function announce(
  plan: Window & {
    readonly id: string;
    readonly site: string;
    readonly work: WorkKind;
    readonly note: string | null;
    readonly rules: PlannedRules;
  },
  given: Given,
): PlannedOutage | PlanRefusal {
  const exemption = exemptionFor(plan.rules, plan, given);
  if (exemption !== null && 'refused' in exemption) return exemption;
  return {
    ...plan,
    version: 1,
    windowSince: given.at,
    bound: 0,
    announcedAt: given.at,
    exemption,
    state: 'announced',
    told: {},
    revisions: {},
    steps: [],
    history: [{ at: given.at, by: given.by, event: 'announced', note: given.exemption ?? null }],
  };
}

/** Another window; once it has begun only its end can move. */
export function move(plan: PlannedOutage, window: Window, given: Given): PlannedOutage | PlanRefusal {
  if (isOver(plan)) return refusal('over');
  const running = given.at >= plan.from;
  const sameStart = window.from === plan.from && sameNodes(window.nodes, plan.nodes);
  if (running && !sameStart) return refusal('started');
  const moved = window.from !== plan.from;
  const exemption =
    running || !moved ? standing(plan, window, given) : exemptionFor(plan.rules, window, given);
  if (exemption !== null && 'refused' in exemption) return exemption;
  const { nodes, from, to } = window;
  const changed = { ...plan, nodes, from, to, exemption, version: plan.version + 1, windowSince: given.at };
  return noted(changed, { at: given.at, by: given.by, event: 'moved', note: given.exemption ?? null });
}

export function cancel(
  plan: PlannedOutage,
  given: Given & { readonly note: string },
): PlannedOutage | PlanRefusal {
  if (isOver(plan)) return refusal('over');
  const cancelled = { ...plan, state: 'cancelled' as const, version: plan.version + 1 };
  return noted(cancelled, { at: given.at, by: given.by, event: 'cancelled', note: given.note });
}

/** The work is done before the announced end: supply is expected from now on. */
export function finish(plan: PlannedOutage, given: Given): PlannedOutage | PlanRefusal {
  if (isOver(plan)) return refusal('over');
  if (given.at <= plan.from) return refusal('in_the_past');
  const finished = { ...plan, to: Math.min(plan.to, given.at), version: plan.version + 1 };
  return noted(finished, { at: given.at, by: given.by, event: 'finished', note: null });
}

export function noted(plan: PlannedOutage, entry: PlannedEntry): PlannedOutage {
  return { ...plan, history: [...plan.history, entry] };
}

export function isPlanRefusal(outcome: PlannedOutage | PlanRefusal): outcome is PlanRefusal {
  return 'refused' in outcome;
}

function exemptionFor(
  rules: PlannedRules,
  { from, to }: Window,
  given: Given,
): Exemption | PlanRefusal | null {
  if (to <= from) return refusal('ends_before_it_begins');
  if (from <= given.at) return refusal('in_the_past');
  const missed_h = missedPeriods(rules, from, given.at);
  if (missed_h.length === 0) return null;
  if (given.exemption === undefined) return { refused: 'notice_too_late', missed_h };
  return { reason: given.exemption, by: given.by, at: given.at, missed_h };
}

function standing(plan: PlannedOutage, { from, to }: Window, { at }: Given): Exemption | PlanRefusal | null {
  if (to <= from) return refusal('ends_before_it_begins');
  return to <= at ? refusal('in_the_past') : plan.exemption;
}

function refusal(refused: PlanRefusal['refused']): PlanRefusal {
  return { refused, missed_h: [] };
}

function sameNodes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((node) => b.includes(node));
}
