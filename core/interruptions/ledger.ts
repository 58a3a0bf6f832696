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
  /** Its incident is forgotten: nothing changes it any more, later-known darkness may still join it. */
  settled?: boolean;
}

/** An interruption as the fold of its spells. Plain data. */
export interface LedgerRecord {
  readonly id: string;
  readonly unit: number;
  phases: PhaseMask;
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

/**
 * Restores the book's promise after spells were put and dropped: what no longer hangs together is parted, and what
 * overlaps on a phase is one interruption, the earlier one.
 */
export function rejoin(book: LedgerBook, unit: number, rules: LedgerRules, at: Instant): void {
  const records = book.get(unit);
  if (records === undefined) return;
  for (const record of [...records]) {
    for (const spells of laterSpells(record, rules))
      records.push({ id: rules.newId(at), unit, phases: phasesOf(spells), spells, told: null });
  }
  if (records.length > 1) while (joinOne(records));
}

/** Takes out what begins after everything before it had ended; blinks of one event stay together. */
function laterSpells(record: LedgerRecord, rules: LedgerRules): Spell[][] {
  if (record.spells.length < 2) return [];
  const parts: Spell[][] = [];
  let dark = Number.NEGATIVE_INFINITY;
  for (const spell of inOrder(record.spells)) {
    const own = parts.at(-1);
    const first = own?.[0];
    const oneEvent =
      first !== undefined &&
      (first.incident === null || spell.incident === null) &&
      spell.from - first.from <= rules.momentary_ms;
    if (own === undefined || (spell.from > dark && !oneEvent)) parts.push([spell]);
    else own.push(spell);
    dark = Math.max(dark, spell.until === 0 ? Number.POSITIVE_INFINITY : spell.until);
  }
  const [first, ...later] = parts;
  if (later.length > 0) record.spells = first ?? [];
  return later;
}

function joinOne(records: readonly LedgerRecord[]): boolean {
  for (const one of records) {
    for (const other of records) {
      if (one === other || !isBefore(one, other)) continue;
      const shared = one.phases & other.phases;
      if (shared === 0 || !isDuring(one, other)) continue;
      for (const spell of other.spells) {
        if ((spell.phases & shared) !== 0) one.spells.push({ ...spell, phases: spell.phases & shared });
      }
      other.phases &= ~shared;
      other.spells = other.spells.flatMap((spell) =>
        (spell.phases & ~shared) === 0 ? [] : [{ ...spell, phases: spell.phases & ~shared }],
      );
      one.spells = withoutTwins(one.spells);
      return true;
    }
  }
  return false;
}

/** One cause that reached an interruption over two others is named once. */
function withoutTwins(spells: readonly Spell[]): Spell[] {
  const byKey = new Map<string, Spell>();
  for (const spell of spells) {
    const twin = byKey.get(spell.key);
    if (twin === undefined) byKey.set(spell.key, { ...spell });
    else twin.phases |= spell.phases;
  }
  return [...byKey.values()];
}

/** Which of two interruptions that become one keeps its name: one already told, then the earlier. */
function isBefore(one: LedgerRecord, other: LedgerRecord): boolean {
  if ((one.told === null) !== (other.told === null)) return one.told !== null;
  const [a, b] = [beginOf(one), beginOf(other)];
  return a < b || (a === b && one.id < other.id);
}

function isDuring(one: LedgerRecord, other: LedgerRecord): boolean {
  if (one.spells.length === 0 || other.spells.length === 0) return false;
  return beginOf(one) < endOf(other) && beginOf(other) < endOf(one);
}

function phasesOf(spells: readonly Spell[]): PhaseMask {
  return spells.reduce((all, { phases }) => all | phases, 0);
}

function beginOf({ spells }: LedgerRecord): Instant {
  return Math.min(...spells.map(({ from }) => from));
}

function endOf({ spells }: LedgerRecord): Instant {
  return Math.max(...spells.map(({ until }) => (until === 0 ? Number.POSITIVE_INFINITY : until)));
}

function inOrder(spells: readonly Spell[]): Spell[] {
  return [...spells].sort((a, b) => a.from - b.from || (a.key < b.key ? -1 : 1));
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

/** The lines the store has not heard yet for this unit; settled entries leave the book. */
export function settle(
  book: LedgerBook,
  unit: number,
  rules: LedgerRules,
  at: Instant,
  reason: string,
): LedgerEntry[] {
  const records = book.get(unit);
  if (records === undefined) return [];
  const lines: LedgerEntry[] = [];
  const kept = records.filter((record) => {
    const line = lineOf(record, rules, at, reason);
    if (line !== null) lines.push(line);
    return record.spells.length > 0;
  });
  if (kept.length === 0) book.delete(unit);
  else book.set(unit, kept);
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
  const spells = inOrder(record.spells);
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
  if (a.phases !== b.phases || a.causes.length !== b.causes.length || a.premises !== b.premises) return false;
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
