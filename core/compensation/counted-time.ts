import Fraction from 'fraction.js';
import type { Interval } from '../units/calendar.ts';
import { exactText } from '../units/decimal.ts';
import { floorOf } from '../units/rounding.ts';
import type { Instant } from '../units/time.ts';
import type { CaseInterruption } from './case.ts';
import type { Rule } from './compiled.ts';
import type { Piece, Scope } from './scope.ts';
import { refuse } from './values.ts';

const HOUR_MS = 3_600_000;

/** An interruption under one rule: what counts, and what does not and why. Their minutes sum to the ledger's. */
export interface Counted {
  readonly interruption: CaseInterruption;
  readonly ledger: Interval;
  readonly pieces: readonly Piece[];
  readonly excluded: readonly { readonly reason: string; readonly ms: number }[];
}

/** Applies a rule's exclusions, its free hours and, over all of them, that a minute counts once. */
export function countTime(
  rule: Rule,
  interruptions: readonly CaseInterruption[],
  at: Instant,
  scopeFor: (one: CaseInterruption) => Scope,
): readonly Counted[] {
  const inOrder = [...interruptions].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  let covered = Number.NEGATIVE_INFINITY;
  return inOrder.map((interruption) => {
    const ledger = { from: interruption.from, to: Math.max(interruption.from, interruption.to ?? at) };
    const scope = scopeFor(interruption);
    const reason = rule.exclude.find(({ test }) => test(scope) === true)?.reason;
    const length = ledger.to - ledger.from;
    if (reason !== undefined) return { interruption, ledger, pieces: [], excluded: [{ reason, ms: length }] };
    const free = freeTime(rule, scope, length);
    const from = Math.max(ledger.from + free, Math.min(covered, ledger.to));
    const overlap = from - (ledger.from + free);
    const excluded = [
      { reason: 'free_allowance', ms: free },
      { reason: 'overlap', ms: overlap },
    ].filter(({ ms }) => ms > 0);
    const pieces = from < ledger.to ? [{ from, to: ledger.to, origin: { from, to: ledger.to } }] : [];
    if (pieces.length > 0) covered = Math.max(covered, ledger.to);
    return { interruption, ledger, pieces, excluded };
  });
}

/** Milliseconds at the start that do not count; a part of a millisecond is given to the customer. */
function freeTime(rule: Rule, scope: Scope, length: number): number {
  const hours = rule.free_h(scope);
  const kind = rule.free(scope);
  if (!(hours instanceof Fraction) || hours.s < 0n) {
    refuse(scope, `${rule.path}/clock/free_h`, 'not_a_number');
    return 0;
  }
  const free = Number(floorOf(hours.mul(BigInt(HOUR_MS))));
  switch (kind) {
    case 'deducted':
      return Math.min(free, length);
    case 'threshold':
      return length <= free ? length : 0;
    default:
      refuse(scope, `${rule.path}/clock/free`, 'not_allowed');
      return 0;
  }
}

export function minutesText(ms: number): string {
  return exactText(new Fraction(BigInt(Math.round(ms)), 60_000n));
}
