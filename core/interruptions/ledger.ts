import { type PhaseMask, phasesText } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { Interruption, LedgerEntry } from './interruption.ts';

/** One cause holding one unit dark from `from` to `until` (0: still). */
export interface Spell {
  /** Incident and round it comes from; unique per unit and interruption. */
  readonly key: string;
  readonly incident: string | null;
  phases: PhaseMask;
  from: Instant;
  until: Instant;
  planned: string | null;
}

/** An interruption as the fold of its spells. Plain data. */
export interface LedgerRecord {
  readonly id: string;
  readonly unit: number;
  readonly phases: PhaseMask;
  spells: Spell[];
  /** What the store last heard; null before the first line. */
  told: Interruption | null;
}

export interface LedgerRules {
  readonly momentary_ms: number;
  unit(unit: number): { readonly node: string; readonly premises: string | null };
  newId(at: Instant): string;
}

/** Recent interruptions per unit. */
export type LedgerBook = Map<number, LedgerRecord[]>;

/**
 * Puts a spell into the book: where it overlaps an interruption on a phase it is a further cause of it, a blink soon
 * after a blink is another operation of the same one, anything else begins a new interruption.
 */
export function putSpell(
  book: LedgerBook,
  unit: number,
  spell: Spell,
  rules: LedgerRules,
  at: Instant,
): void {
  const records = book.get(unit) ?? [];
  book.set(unit, records);
  let rest = spell.phases;
  for (const record of records) {
    const known = record.spells.find(({ key }) => key === spell.key);
    if (known === undefined) continue;
    rest &= ~record.phases;
    Object.assign(known, {
      from: spell.from,
      until: spell.until,
      planned: spell.planned,
      phases: spell.phases & record.phases,
    });
    if ((spell.phases & record.phases) === 0)
      record.spells = record.spells.filter(({ key }) => key !== spell.key);
  }
  for (const record of records) {
    const shared = rest & record.phases;
    if (shared === 0 || !(overlaps(record, spell) || continues(record, spell, rules))) continue;
    record.spells.push({ ...spell, phases: shared });
    rest &= ~shared;
  }
  if (rest !== 0) {
    records.push({
      id: rules.newId(at),
      unit,
      phases: rest,
      spells: [{ ...spell, phases: rest }],
      told: null,
    });
  }
}

export function dropSpell(book: LedgerBook, unit: number, key: string): void {
  for (const record of book.get(unit) ?? [])
    record.spells = record.spells.filter((spell) => spell.key !== key);
}

function overlaps(record: LedgerRecord, spell: Spell): boolean {
  return record.spells.some(
    (other) =>
      (other.until === 0 || other.until > spell.from) && (spell.until === 0 || spell.until > other.from),
  );
}

/** IEEE 1366: blinks close together are one event. */
function continues(record: LedgerRecord, spell: Spell, rules: LedgerRules): boolean {
  if (spell.incident !== null || record.spells.some(({ incident }) => incident !== null)) return false;
  const first = Math.min(...record.spells.map(({ from }) => from));
  return Math.abs(spell.from - first) <= rules.momentary_ms;
}

/** The lines the store has not heard yet for these units; settled entries leave the book. */
export function settle(
  book: LedgerBook,
  units: Iterable<number>,
  rules: LedgerRules,
  at: Instant,
  reason: string,
): LedgerEntry[] {
  const lines: LedgerEntry[] = [];
  for (const unit of units) {
    const records = book.get(unit);
    if (records === undefined) continue;
    const kept = records.filter((record) => {
      const line = lineOf(record, rules, at, reason);
      if (line !== null) lines.push(line);
      return record.spells.length > 0;
    });
    if (kept.length === 0) book.delete(unit);
    else book.set(unit, kept);
  }
  return lines;
}

function lineOf(record: LedgerRecord, rules: LedgerRules, at: Instant, reason: string): LedgerEntry | null {
  const before = record.told;
  if (record.spells.length === 0) {
    return before === null ? null : { type: 'voided', at, reason, body: before };
  }
  const body = fold(record, rules);
  if (before !== null && sameBody(before, body)) return null;
  record.told = body;
  if (before === null) return { type: 'opened', at, reason, body };
  const closes = before.to === null && body.to !== null;
  return { type: closes ? 'closed' : 'corrected', at, reason, body };
}

function fold(record: LedgerRecord, rules: LedgerRules): Interruption {
  const spells = [...record.spells].sort((a, b) => a.from - b.from || (a.key < b.key ? -1 : 1));
  const from = spells[0]?.from ?? 0;
  const to = spells.some(({ until }) => until === 0) ? null : Math.max(...spells.map(({ until }) => until));
  const { node, premises } = rules.unit(record.unit);
  return {
    id: record.id,
    node,
    premises,
    phases: phasesText(record.phases),
    from,
    to,
    momentary: to !== null && to - from <= rules.momentary_ms,
    operations: operationsOf(spells),
    planned: spells.find(({ planned }) => planned !== null)?.planned ?? null,
    causes: spells.flatMap(({ incident, from: began, until }) =>
      incident === null ? [] : [{ incident, from: began, to: until === 0 ? null : until }],
    ),
  };
}

/** How often supply went away: spells that touch are one. */
function operationsOf(spells: readonly Spell[]): number {
  let count = 0;
  let dark = Number.NEGATIVE_INFINITY;
  for (const { from, until } of spells) {
    if (from > dark) count += 1;
    dark = Math.max(dark, until === 0 ? Number.POSITIVE_INFINITY : until);
  }
  return count;
}

function sameBody(a: Interruption, b: Interruption): boolean {
  if (a.from !== b.from || a.to !== b.to || a.operations !== b.operations || a.planned !== b.planned)
    return false;
  if (a.causes.length !== b.causes.length || a.premises !== b.premises) return false;
  return a.causes.every((cause, i) => {
    const other = b.causes[i];
    return (
      other !== undefined &&
      cause.incident === other.incident &&
      cause.from === other.from &&
      cause.to === other.to
    );
  });
}
