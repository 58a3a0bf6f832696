import type Fraction from 'fraction.js';
import { localDate, localDay, plusMonths } from '../units/calendar.ts';
import { dayOf } from '../units/civil.ts';
import { isPositive } from '../units/decimal.ts';
import { byPeriod, type PeriodRule, periodOf } from '../units/periods.ts';
import type { Instant } from '../units/time.ts';
import type { Per, Window } from './compiled.ts';
import type { Piece, Spell } from './scope.ts';

/** What an amount is worked out for: its name, its counted time and the spells that lie in it. A window's part has the dates of its last spell. */
export interface Part {
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly spells: readonly Spell[];
  readonly pieces: readonly Piece[];
  /** Whose facts may be asked for; null where there are several. */
  readonly lead: Spell | null;
}

/** The parts of a rule, windows excepted: those depend on what was paid before. */
export function partsOf(
  per: Exclude<Per, { kind: 'window' }>,
  spells: readonly Spell[],
  zone: string,
  at: Instant,
  keyOf: (spell: Spell) => string,
): readonly Part[] {
  switch (per.kind) {
    case 'interruption':
      return spells.map((spell) => partOf(spell.id, [spell], spell));
    case 'case':
      return spells.length === 0 ? [] : [partOf('case', spells, null)];
    case 'once':
      return [
        spells.length === 0
          ? { name: 'case', from: at, to: at, spells, pieces: [], lead: null }
          : partOf('case', spells, null),
      ];
    case 'group':
      return grouped(spells, keyOf).map(([key, own]) => partOf(key, own, own[0] ?? null));
    case 'period':
      return per.by === 'time'
        ? cutByPeriod(spells, per.rule, zone)
        : grouped(
            spells,
            ({ from, to }) => periodOf(localDate(per.by === 'start' ? from : to, zone), per.rule).name,
          ).map(([name, own]) => partOf(name, own, null));
  }
}

export function partOf(name: string, spells: readonly Spell[], lead: Spell | null): Part {
  return {
    name,
    from: Math.min(...spells.map(({ from }) => from)),
    to: Math.max(...spells.map(({ to }) => to)),
    spells,
    pieces: spells.flatMap(({ pieces }) => pieces),
    lead,
  };
}

/**
 * Every spell in turn, in order of time, with those before it in its window. `pay` says what the part is owed; a window that resets forgets
 * everything up to a spell that was paid for, one that pays the increase takes off what it has paid before.
 */
export function throughWindows(
  { window, pays }: Extract<Per, { kind: 'window' }>,
  spells: readonly Spell[],
  zone: string,
  pay: (part: Part, before: readonly Fraction[]) => Fraction,
): void {
  let history: Spell[] = [];
  let paid: { readonly from: Instant; readonly amount: Fraction }[] = [];
  for (const spell of spells) {
    const inside = (from: Instant) => isInWindow(from, spell.from, window, zone);
    history = [...history.filter(({ from }) => inside(from)), spell];
    paid = paid.filter(({ from }) => inside(from));
    const before = pays === 'increase' ? paid.map(({ amount }) => amount) : [];
    const { from, to } = spell;
    const amount = pay({ ...partOf(spell.id, history, spell), from, to }, before);
    if (!isPositive(amount)) continue;
    paid.push({ from: spell.from, amount });
    if (pays === 'then_reset') history = [];
  }
}

/** The window ends with the day of its last interruption; twelve months before 10 March begin on 11 March. */
function isInWindow(from: Instant, trigger: Instant, window: Window, zone: string): boolean {
  switch (window.kind) {
    case 'months':
      return localDate(from, zone) > plusMonths(localDate(trigger, zone), -window.count);
    case 'days':
      return localDay(from, zone) > localDay(trigger, zone) - window.count;
    case 'year':
      return dayOf(periodOf(localDate(trigger, zone), window.rule).first) <= localDay(from, zone);
  }
}

function grouped(
  spells: readonly Spell[],
  keyOf: (spell: Spell) => string,
): readonly [string, readonly Spell[]][] {
  const found = new Map<string, Spell[]>();
  for (const spell of spells) {
    const key = keyOf(spell);
    const own = found.get(key);
    if (own === undefined) found.set(key, [spell]);
    else own.push(spell);
  }
  return [...found];
}

function cutByPeriod(spells: readonly Spell[], rule: PeriodRule, zone: string): readonly Part[] {
  const found = new Map<string, { readonly spells: Set<Spell>; readonly pieces: Piece[] }>();
  for (const spell of spells) {
    for (const piece of spell.pieces) {
      for (const { from, to, period } of byPeriod(piece, rule, zone)) {
        const part = found.get(period.name) ?? { spells: new Set(), pieces: [] };
        part.spells.add(spell);
        part.pieces.push({ ...piece, from, to, before_ms: piece.before_ms + from - piece.from });
        found.set(period.name, part);
      }
    }
  }
  return [...found].map(([name, { spells: own, pieces }]) => ({
    name,
    from: Math.min(...pieces.map(({ from }) => from)),
    to: Math.max(...pieces.map(({ to }) => to)),
    spells: [...own],
    pieces,
    lead: null,
  }));
}
