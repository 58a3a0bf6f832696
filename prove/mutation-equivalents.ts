/** Mutants that no test can find, because they compute the same; each with the reason. */
export interface Equivalent {
  readonly file: string;
  /** The line as it stands in the source, without its indent. */
  readonly line: string;
  readonly becomes: string;
  readonly why: string;
}

const EQUAL = 'of two that are equal either may be taken';

export const knownEquivalents: readonly Equivalent[] = [
  {
    file: 'core/compensation/arithmetic.ts',
    line: "least: folded('least', alike, (a, b) => (b.lt(a) ? b : a)),",
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/arithmetic.ts',
    line: "greatest: folded('greatest', alike, (a, b) => (b.gt(a) ? b : a)),",
    becomes: '.gte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/daily-window.ts',
    line: 'return { from_ms, to_ms: to_ms < from_ms ? to_ms + DAY_MS : to_ms };',
    becomes: 'to_ms <= from_ms',
    why: 'a window whose ends are equal has been refused before',
  },
  {
    file: 'core/compensation/dates.ts',
    line: "earliest: chosen('earliest', (order) => order < 0),",
    becomes: 'order <= 0',
    why: EQUAL,
  },
  {
    file: 'core/compensation/dates.ts',
    line: "latest: chosen('latest', (order) => order > 0),",
    becomes: 'order >= 0',
    why: EQUAL,
  },
  {
    file: 'core/compensation/dates.ts',
    line: "if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;",
    becomes: 'a <= b',
    why: EQUAL,
  },
  {
    file: 'core/compensation/dates.ts',
    line: "if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;",
    becomes: 'a >= b',
    why: EQUAL,
  },
  {
    file: 'core/compensation/elapsed.ts',
    line: 'const longer = value.lt(minimum) ? minimum : value;',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/kinds.ts',
    line: "const above = names((n) => n > 0).join('*');",
    becomes: 'n >= 0',
    why: 'no exponent of a unit is kept when it is 0',
  },
  {
    file: 'core/compensation/kinds.ts',
    line: 'low: a.low === null || b.low === null ? null : b.low.lt(a.low) ? b.low : a.low,',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/kinds.ts',
    line: 'high: a.high === null || b.high === null ? null : b.high.gt(a.high) ? b.high : a.high,',
    becomes: '.gte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/limits.ts',
    line: 'const given = share.lt(room) ? share : room;',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/limits.ts',
    line: 'if (!paid.lt(award.amount)) continue;',
    becomes: '.lte(',
    why: 'what was paid in full is set to what it was',
  },
  {
    file: 'core/compensation/looked-up.ts',
    line: '.sort((a, b) => (a.from < b.from ? 1 : -1));',
    becomes: 'a.from <= b.from',
    why: 'two values of one date are a fault',
  },
  {
    file: 'core/compensation/measures.ts',
    line: 'return end.lte(after) ? sum : sum.add(end.sub(begin.lt(after) ? after : begin));',
    becomes: '.lt(',
    why: 'adds nothing',
  },
  {
    file: 'core/compensation/measures.ts',
    line: 'return end.lte(after) ? sum : sum.add(end.sub(begin.lt(after) ? after : begin));',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/period-count.ts',
    line: 'return a < b ? a : b;',
    becomes: 'a <= b',
    why: EQUAL,
  },
  {
    file: 'core/compensation/period-count.ts',
    line: 'return value < 0n ? 0n : value;',
    becomes: 'value <= 0n',
    why: EQUAL,
  },
  {
    file: 'core/compensation/period-count.ts',
    line: 'const from = begin.lt(after_ms) ? after_ms : begin;',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/period-count.ts',
    line: 'const to = limit?.lt(end) ? limit : end;',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/period-count.ts',
    line: 'return to.gt(from) ? to.sub(from).div(length_ms) : NOTHING;',
    becomes: '.gte(',
    why: 'no time divided is nothing',
  },
  {
    file: 'core/compensation/shares.ts',
    line: '.sort((a, b) => (a < b ? -1 : 1))',
    becomes: 'a <= b',
    why: 'ids of one object differ',
  },
  {
    file: 'core/compensation/spell-measures.ts',
    line: '(values) => values.reduce((all, value) => (value.gt(all) ? value : all), NOTHING),',
    becomes: '.gte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/spells.ts',
    line: 'taken = [...taken.filter(({ to }) => to > first.ledger.from), ...left];',
    becomes: 'to >= first.ledger.from',
    why: 'what has ended by then takes nothing; it is left out for speed',
  },
  {
    file: 'core/compensation/spells.ts',
    line: 'taken = [...taken.filter(({ to }) => to > first.ledger.from), ...left];',
    becomes: 'taken',
    why: 'what has ended by then takes nothing; it is left out for speed',
  },
  {
    file: 'core/compensation/stepped.ts',
    line: 'const end = tier.to === null || quantity.lt(tier.to) ? quantity : tier.to;',
    becomes: '.lte(',
    why: EQUAL,
  },
  {
    file: 'core/compensation/versions.ts',
    line: 'const inOrder = given.interruptions.toSorted((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));',
    becomes: 'a.id <= b.id',
    why: 'two interruptions of one id are refused',
  },
  {
    file: 'core/compensation/versions.ts',
    line: 'inForce(scheme, given.at, zone) ?? scheme.versions.toSorted((a, b) => (a.from < b.from ? 1 : -1))[0];',
    becomes: 'a.from <= b.from',
    why: 'two versions of one day are a fault',
  },
  {
    file: 'core/compensation/versions.ts',
    line: 'const present = [...of.keys()].sort((a, b) => (a.from < b.from ? -1 : 1));',
    becomes: 'a.from <= b.from',
    why: 'two versions of one day are a fault',
  },
  {
    file: 'core/units/calendar.ts',
    line: 'if (starts.size >= STARTS_KEPT) starts.clear();',
    becomes: 'starts.size > STARTS_KEPT',
    why: 'a cache forgets a little earlier or later',
  },
  {
    file: 'core/units/calendar.ts',
    line: 'if (starts.size >= STARTS_KEPT) starts.clear();',
    becomes: 'starts.size < STARTS_KEPT',
    why: 'a cache forgets a little earlier or later',
  },
  {
    file: 'core/units/working-days.ts',
    line: 'for (let step = 0; step < DAYS_MOST; step += 1) {',
    becomes: 'step <= DAYS_MOST',
    why: 'one more day of a search of a hundred years, which only ends in a calendar without a working day',
  },
  {
    file: 'core/compensation/minutes.ts',
    line: 'if (ms % 60_000 === 0) return String(ms / 60_000);',
    becomes: 'ms * 60_000',
    why: 'whole minutes take the longer way to the same text',
  },
  {
    file: 'core/compensation/back-test.ts',
    line: 'return Object.fromEntries([...of].sort(([a], [b]) => (a < b ? -1 : 1)));',
    becomes: 'a <= b',
    why: 'keys of a map differ',
  },
  {
    file: 'core/compensation/back-test.ts',
    line: '.sort((a, b) => distance(b) - distance(a) || (a.premises < b.premises ? -1 : 1));',
    becomes: 'a.premises <= b.premises',
    why: 'members of a set differ',
  },
  {
    file: 'core/compensation/case-facts.ts',
    line: 'for (const values of names.values()) values.sort((a, b) => (a.from < b.from ? -1 : 1));',
    becomes: 'a.from <= b.from',
    why: 'one fact of a name stands for a date',
  },
  {
    file: 'core/compensation/unverified.ts',
    line: 'return found.sort((a, b) => (a.path < b.path ? -1 : 1));',
    becomes: 'a.path <= b.path',
    why: 'a place in a file has one mark',
  },
];
