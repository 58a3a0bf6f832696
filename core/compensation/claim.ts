import { localDate } from '../units/calendar.ts';
import { dayOfDate } from '../units/civil.ts';
import { parseInstant } from '../units/parse-instant.ts';
import { asText } from './arguments.ts';
import type { Claim, Rule } from './compiled.ts';
import type { Scope } from './scope.ts';
import { refuse, traced } from './values.ts';

/** Why nothing is owed although the rule applies: nobody applied, or too late. Null: automatic, or applied for in time. */
export function claimReason({ claim, path }: Rule, scope: Scope): string | null {
  if (claim === null || claim.automatic.run(scope) === true) return null;
  const until = claim.until === null ? null : asText(claim.until.run(scope));
  const applied = appliedOn(claim, scope);
  const today = localDate(scope.case.at, scope.zone);
  const outcome = outcomeOf(applied, until, today);
  traced(
    scope,
    `${path}/claim`,
    'claim',
    [applied ?? 'not applied', until ?? 'no limit', today],
    outcome ?? 'in_time',
  );
  return outcome;
}

function outcomeOf(applied: string | null, until: string | null, today: string): string | null {
  if (applied !== null) return until !== null && applied > until ? 'applied_late' : null;
  return until !== null && today > until ? 'claim_window_passed' : 'not_applied';
}

function appliedOn({ applied }: Claim, scope: Scope): string | null {
  const given = scope.case.facts[applied];
  if (given === undefined || given === null) return null;
  if (typeof given === 'string') {
    if (dayOfDate(given) !== null) return given;
    const at = parseInstant(given);
    if (at !== null) return localDate(at, scope.zone);
  }
  refuse(scope, `facts/${applied}`, 'not_a_date');
  return null;
}
