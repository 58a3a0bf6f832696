import Fraction from 'fraction.js';
import { floorOf } from '../units/rounding.ts';
import type { Clocked } from './clocked.ts';
import { leaveOut } from './clocked.ts';
import type { Clock, Merge, Rule } from './compiled.ts';
import type { Piece, Scope, Spell } from './scope.ts';
import { lengthOf, type Stretch, without, withoutFirst } from './stretches.ts';
import { addTime, NOTHING, textOf } from './values.ts';

const HOUR_MS = 3_600_000;

/**
 * What a rule takes for one interruption each. Those it merges become one spell; free hours come off each spell; over all
 * of them a minute counts once, under the spell that began first.
 */
export function spellsOf(rule: Rule, clocked: readonly Clocked[]): readonly Spell[] {
  const spells: Spell[] = [];
  let taken: readonly Stretch[] = [];
  for (const members of merged(rule.merge, clocked)) {
    const [first] = members;
    if (first === undefined) continue;
    const joined = stretchesOf(members, rule.merge?.betweenCounts === true);
    const free = afterFree(rule.clock, joined, spellScope(first.scope, members, joined));
    leaveOutOf(members, joined, free, 'free_allowance');
    const left = without(free, taken);
    leaveOutOf(members, free, left, 'overlap');
    if (left.length === 0) continue;
    taken = [...taken.filter(({ to }) => to > first.ledger.from), ...left];
    addTime({ ...first.scope, part: first.interruption.id }, `${rule.path}/merge`, bridged(left));
    spells.push(spellOf(members, left));
  }
  return spells;
}

/** Interruptions that the rule takes for one; those with nothing counted are in none. */
function merged(merge: Merge | null, clocked: readonly Clocked[]): readonly (readonly Clocked[])[] {
  const counting = clocked.filter(({ counted }) => counted.length > 0);
  if (merge === null) return counting.map((one) => [one]);
  const spells: { readonly key: string; to: number; readonly members: Clocked[] }[] = [];
  for (const one of counting) {
    const key = merge.same === null ? '' : textOf(merge.same.run(one.scope));
    const open = spells.findLast((spell) => spell.key === key && reaches(merge, one.ledger.from - spell.to));
    if (open === undefined) {
      spells.push({ key, to: one.ledger.to, members: [one] });
      continue;
    }
    open.members.push(one);
    open.to = Math.max(open.to, one.ledger.to);
  }
  return spells.map(({ members }) => members);
}

function reaches({ gap }: Merge, apart_ms: number): boolean {
  if (gap === null || apart_ms <= 0) return true;
  const order = new Fraction(BigInt(apart_ms)).compare(gap.ms);
  return order < 0 || (gap.inclusive && order === 0);
}

/** The members' counted time, each millisecond once, and the time between them where that counts. */
function stretchesOf(members: readonly Clocked[], betweenCounts: boolean): readonly Stretch[] {
  const all: Stretch[] = [];
  let reached: number | null = null;
  for (const [owner, member] of members.entries()) {
    const { counted, ledger, excluded } = member;
    if (betweenCounts && reached !== null && ledger.from > reached)
      all.push({ from: reached, to: ledger.from, owner: null });
    const own = counted.map((one) => ({ ...one, owner }));
    const left = without(own, all);
    leaveOut(excluded, 'overlap', lengthOf(own) - lengthOf(left));
    all.push(...left);
    reached = reached === null ? ledger.to : Math.max(reached, ledger.to);
  }
  return all.sort((a, b) => a.from - b.from);
}

/** Without what does not count at the start of each spell; a part of a millisecond is given to the customer. */
function afterFree({ free_h, free }: Clock, stretches: readonly Stretch[], scope: Scope): readonly Stretch[] {
  if (free_h === null || free === null) return stretches;
  const hours = free_h.run(scope);
  const free_ms = Number(floorOf((hours instanceof Fraction ? hours : NOTHING).mul(BigInt(HOUR_MS))));
  if (free.run(scope) === 'deducted') return withoutFirst(stretches, Math.max(0, free_ms));
  return lengthOf(stretches) <= free_ms ? [] : stretches;
}

function leaveOutOf(
  members: readonly Clocked[],
  before: readonly Stretch[],
  after: readonly Stretch[],
  reason: string,
): void {
  if (before === after) return;
  const own = (stretches: readonly Stretch[], i: number) =>
    lengthOf(stretches.filter(({ owner }) => owner === i));
  for (const [i, { excluded }] of members.entries())
    leaveOut(excluded, reason, own(before, i) - own(after, i));
}

function bridged(stretches: readonly Stretch[]): number {
  return lengthOf(stretches.filter(({ owner }) => owner === null));
}

function spellOf(members: readonly Clocked[], stretches: readonly Stretch[]): Spell {
  const id = members[0]?.interruption.id ?? '';
  const spell_ms = lengthOf(stretches);
  const pieces: Piece[] = [];
  let before_ms = 0;
  for (const { from, to } of stretches) {
    pieces.push({ from, to, before_ms, spell_ms, spell: id });
    before_ms += to - from;
  }
  return {
    id,
    from: members[0]?.ledger.from ?? 0,
    to: Math.max(...members.map(({ ledger }) => ledger.to)),
    members: members.map(({ interruption }) => interruption),
    pieces,
  };
}

function spellScope(scope: Scope, members: readonly Clocked[], stretches: readonly Stretch[]): Scope {
  const spell = spellOf(members, stretches);
  return { ...scope, to: spell.to, spells: [spell], pieces: spell.pieces };
}
