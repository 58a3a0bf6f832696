import type { Interval } from '../units/calendar.ts';
import { parseInstant } from '../units/parse-instant.ts';
import { asInstant } from './arguments.ts';
import type { CaseInterruption } from './case.ts';
import type { Clock, Condition, Stop } from './compiled.ts';
import { withinWindow } from './daily-window.ts';
import type { Scope } from './scope.ts';
import { lengthOf, without } from './stretches.ts';
import { isKeyed, refuse } from './values.ts';

/** An interruption under one rule: what counts of it, and what does not and why. Their minutes sum to the ledger's. */
export interface Clocked {
  readonly interruption: CaseInterruption;
  readonly ledger: Interval;
  readonly counted: readonly Interval[];
  readonly excluded: Map<string, number>;
  /** Sees this interruption alone. */
  readonly scope: Scope;
}

export function clockedOf(
  interruption: CaseInterruption,
  scope: Scope,
  exclude: readonly Condition[],
  clock: Clock,
): Clocked {
  const ledger = { from: scope.from, to: scope.to };
  const excluded = new Map<string, number>();
  const reason = exclude.find(({ test }) => test.run(scope) === true)?.reason;
  if (reason !== undefined) {
    excluded.set(reason, ledger.to - ledger.from);
    return { interruption, ledger, counted: [], excluded, scope };
  }
  const from = clock.start === null ? ledger.from : within(asInstant(clock.start.run(scope)), ledger);
  const to = clock.end === null ? ledger.to : Math.max(from, within(asInstant(clock.end.run(scope)), ledger));
  leaveOut(excluded, 'before_clock', from - ledger.from);
  leaveOut(excluded, 'after_clock', ledger.to - to);
  let counted: readonly Interval[] = from < to ? [{ from, to }] : [];
  for (const stop of clock.stops) {
    const left = without(counted, stretchesOf(stop, scope, interruption));
    leaveOut(excluded, stop.reason, lengthOf(counted) - lengthOf(left));
    counted = left;
  }
  return { interruption, ledger, counted, excluded, scope };
}

export function leaveOut(excluded: Map<string, number>, reason: string, ms: number): void {
  if (ms > 0) excluded.set(reason, (excluded.get(reason) ?? 0) + ms);
}

function within(at: number, { from, to }: Interval): number {
  return Math.min(Math.max(at, from), to);
}

function stretchesOf(stop: Stop, scope: Scope, interruption: CaseInterruption): readonly Interval[] {
  if ('intervals' in stop) return intervalsIn(scope, interruption, stop.intervals, stop.of);
  if ('daily' in stop) return withinWindow(scope, stop.daily, scope.zone, () => true);
  if (stop.from.given?.(scope) === false) return [];
  return [{ from: asInstant(stop.from.run(scope)), to: asInstant(stop.to.run(scope)) }];
}

/** `[{from, to}]` with offsets; an interval not over yet has `to` null. */
function intervalsIn(
  scope: Scope,
  { id, facts }: CaseInterruption,
  name: string,
  of: 'interruption' | 'facts',
): readonly Interval[] {
  const given = of === 'facts' ? scope.case.facts[name] : facts[name];
  const path = of === 'facts' ? `facts/${name}` : `interruptions/${id}/${name}`;
  if (given === undefined || given === null) {
    const optional = scope.scheme.file.inputs?.[of]?.[name]?.optional === true;
    if (!optional) refuse(scope, path, 'missing_input');
    return [];
  }
  if (!Array.isArray(given)) {
    refuse(scope, path, 'not_intervals');
    return [];
  }
  return given.flatMap((one: unknown): readonly Interval[] => {
    const from = isKeyed(one) && typeof one.from === 'string' ? parseInstant(one.from) : null;
    const open = isKeyed(one) && (one.to === null || one.to === undefined);
    const to = open ? scope.to : isKeyed(one) && typeof one.to === 'string' ? parseInstant(one.to) : null;
    if (from !== null && to !== null && from <= to) return [{ from, to }];
    refuse(scope, path, 'not_intervals');
    return [];
  });
}
