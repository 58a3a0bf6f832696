import Fraction from 'fraction.js';
import { localDate } from '../units/calendar.ts';
import { periodOf } from '../units/periods.ts';
import { type Award, isOwed } from './awards.ts';
import type { Group } from './compiled.ts';
import type { Scope } from './scope.ts';
import { NOTHING, textOf, traced } from './values.ts';

/** Of the rules of a group one pays: per interruption, per period, or in all. The others' awards become nothing. */
export function settleGroup(group: Group, awards: readonly Award[], scope: Scope): void {
  const own = awards.filter((award) => group.rules.includes(award.rule.id) && isOwed(award));
  const keys = (award: Award) => keysOf(group, award, scope.zone);
  const taken = new Map<string, string>();
  for (const rule of inOrder(group, own, keys)) {
    const payer = rule.keys.map((key) => taken.get(key)).find((id) => id !== undefined && id !== rule.id);
    if (payer === undefined) {
      for (const key of rule.keys) taken.set(key, rule.id);
      continue;
    }
    for (const award of rule.awards) {
      const inputs = [award.rule.id, textOf(award.amount), payer];
      traced({ ...scope, rule: award.rule.id, part: award.part.name }, group.path, 'group', inputs, NOTHING);
      award.amount = NOTHING;
      award.reason = 'other_rule_pays';
    }
  }
}

interface Competitor {
  readonly id: string;
  readonly awards: readonly Award[];
  /** What they compete for: interruptions, a period or the case. */
  readonly keys: readonly string[];
  readonly sum: Fraction;
}

/** Who is served first: the rules in their order, or by what they would pay. */
function inOrder(
  group: Group,
  own: readonly Award[],
  keys: (award: Award) => readonly string[],
): readonly Competitor[] {
  const found = new Map<string, Award[]>();
  for (const award of own) {
    // Per interruption each award competes for itself, else all of a rule in one period.
    const bucket =
      group.per === 'interruption'
        ? `${award.rule.id} ${award.part.name}`
        : `${award.rule.id} ${keys(award).join()}`;
    found.set(bucket, [...(found.get(bucket) ?? []), award]);
  }
  const competitors = [...found.values()].map((all) => ({
    id: all[0]?.rule.id ?? '',
    awards: all,
    keys: all.flatMap(keys),
    sum: all.reduce((sum, { amount }) => sum.add(amount), new Fraction(0n)),
  }));
  const place = ({ id }: Competitor) => group.rules.indexOf(id);
  return competitors.sort((a, b) =>
    group.pay === 'first' ? place(a) - place(b) : b.sum.compare(a.sum) || place(a) - place(b),
  );
}

function keysOf({ per }: Group, { part }: Award, zone: string): readonly string[] {
  if (per === 'case') return ['case'];
  if (per === 'interruption') return part.spells.flatMap(({ members }) => members.map(({ id }) => id));
  return [periodOf(localDate(part.from, zone), per).name];
}
