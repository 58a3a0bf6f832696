import Fraction from 'fraction.js';
import { exactText } from '../units/decimal.ts';
import type { Clocked } from './clocked.ts';
import type { Rule } from './compiled.ts';
import type { Scope } from './scope.ts';
import { traced } from './values.ts';

/** Ledger minutes are counted plus excluded; what a rule adds (bridged returns, started days and periods) stands beside them. */
export function traceMinutes(rule: Rule, clocked: readonly Clocked[], whole: Scope): void {
  for (const { interruption, ledger, excluded } of clocked) {
    const scope = { ...whole, part: interruption.id };
    const reasons = [...excluded].map(([reason, ms]) => `${reason} ${minutesText(ms)}`);
    const ledger_ms = ledger.to - ledger.from;
    const excluded_ms = [...excluded.values()].reduce((sum, ms) => sum + ms, 0);
    traced(scope, rule.path, 'ledger_minutes', [], minutesText(ledger_ms));
    traced(scope, rule.path, 'counted_minutes', reasons, minutesText(ledger_ms - excluded_ms));
  }
  if (clocked.length === 0) return;
  const mine = [...whole.report.added].filter(([key]) => key.startsWith(`${rule.id} `));
  const added_ms = mine.reduce((sum, [, ms]) => sum + ms, 0);
  traced(whole, rule.path, 'added_minutes', [], minutesText(added_ms));
}

export function minutesText(ms: number): string {
  if (ms % 60_000 === 0) return String(ms / 60_000);
  return exactText(new Fraction(BigInt(ms), 60_000n));
}
