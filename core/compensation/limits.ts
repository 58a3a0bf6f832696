import Fraction from 'fraction.js';
import { localDate } from '../units/calendar.ts';
import { isNegative } from '../units/decimal.ts';
import { minorUnit } from '../units/money.ts';
import { byPeriod, periodOf } from '../units/periods.ts';
import { roundToUnit } from '../units/rounding.ts';
import { numberOf } from './arguments.ts';
import { type Award, isOwed } from './awards.ts';
import type { Limit } from './compiled.ts';
import type { Scope } from './scope.ts';
import { lengthOf } from './stretches.ts';
import { NOTHING, textOf, traced } from './values.ts';

/** A part of an award that falls under one bucket of a limit. */
interface Share {
  readonly bucket: string;
  readonly part: Fraction;
}

/**
 * Cuts awards, the earlier ones served first, so that together they stay within the limit. A limit is a sum of money:
 * it is rounded to the minor unit, half up, and what is left of it is never exceeded.
 */
export function settleLimit(limit: Limit, awards: readonly Award[], scope: Scope): void {
  const own = awards
    .filter((award) => limit.rules.has(award.rule.id) && isOwed(award))
    .sort((a, b) => a.part.from - b.part.from);
  const rooms = new Map<string, Fraction>();
  for (const award of own) {
    let paid = NOTHING;
    for (const { bucket, part } of sharesOf(limit, award, scope.zone)) {
      const share = award.amount.mul(part);
      const room = rooms.get(bucket) ?? roomOf(limit, bucket, award, own, scope);
      const given = share.lt(room) ? share : room;
      const at = { ...scope, rule: award.rule.id, part: `${award.part.name} ${bucket}` };
      traced(at, limit.path, 'limit', [textOf(award.amount), textOf(part), textOf(room)], given);
      rooms.set(bucket, room.sub(given));
      scope.settled.usedUp.set(`${limit.id} ${bucket}`, usedUp(limit, bucket, scope).add(given));
      paid = paid.add(given);
    }
    if (!paid.lt(award.amount)) continue;
    award.amount = paid;
    if (!isOwed(award)) award.reason = 'limit_reached';
  }
}

function roomOf(limit: Limit, bucket: string, first: Award, own: readonly Award[], scope: Scope): Fraction {
  const inside = own.filter((award) =>
    sharesOf(limit, award, scope.zone).some((share) => share.bucket === bucket),
  );
  const spells = [...new Set(inside.flatMap(({ part }) => part.spells))];
  const at: Scope = {
    ...scope,
    rule: first.rule.id,
    part: bucket,
    from: Math.min(...inside.map(({ part }) => part.from)),
    to: Math.max(...inside.map(({ part }) => part.to)),
    interruption: limit.per === 'interruption' ? (first.part.lead?.members[0] ?? null) : null,
    spells,
    pieces: spells.flatMap(({ pieces }) => pieces),
    steps: new Map(),
  };
  const most = numberOf(limit.most, at, `${limit.path}/most`);
  const used = limit.used === null ? NOTHING : numberOf(limit.used, at, `${limit.path}/used`);
  const before = used.add(usedUp(limit, bucket, scope));
  const left = roundToUnit(most, minorUnit(scope.scheme.file.currency), 'half_up').sub(before);
  return traced(at, limit.path, 'room', [textOf(most), textOf(before)], isNegative(left) ? NOTHING : left);
}

/** A limit that an earlier version has too goes on where that one stopped. */
function usedUp({ id }: Limit, bucket: string, { settled }: Scope): Fraction {
  return settled.usedUp.get(`${id} ${bucket}`) ?? NOTHING;
}

function sharesOf({ per, apportioned }: Limit, { part }: Award, zone: string): readonly Share[] {
  const whole = new Fraction(1n);
  if (per === 'case') return [{ bucket: 'case', part: whole }];
  if (per === 'interruption') return [{ bucket: part.name, part: whole }];
  const total = lengthOf(part.pieces);
  if (!apportioned || total === 0)
    return [{ bucket: periodOf(localDate(part.from, zone), per).name, part: whole }];
  const found = new Map<string, number>();
  for (const piece of part.pieces) {
    for (const { from, to, period } of byPeriod(piece, per, zone))
      found.set(period.name, (found.get(period.name) ?? 0) + to - from);
  }
  return [...found].map(([bucket, ms]) => ({ bucket, part: new Fraction(BigInt(ms), BigInt(total)) }));
}
