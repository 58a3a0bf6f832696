import Fraction from 'fraction.js';
import { ceilingOf, floorOf } from '../units/rounding.ts';
import type { Piece } from './scope.ts';
import { NOTHING } from './values.ts';

/** Periods of one length, one after the other along a spell's counted time. */
export interface Count {
  readonly how: 'started' | 'completed' | 'prorated';
  readonly length_ms: Fraction;
  /** Where the first begins. */
  readonly after_ms: Fraction;
  /** Of each spell. */
  readonly most: Fraction | null;
}

/**
 * Periods that belong to a piece. A period belongs to where it begins, and is completed when the spell reaches its end:
 * of the interruption from 0 to 37.5 h, two periods of 12 h after the first 12 h are completed, three are started.
 */
export function periodsIn(piece: Piece, count: Count): Fraction {
  const begin = new Fraction(BigInt(piece.before_ms));
  const end = new Fraction(BigInt(piece.before_ms + piece.to - piece.from));
  if (count.how === 'prorated') return prorated(begin, end, count);
  const position = (ms: Fraction): Fraction => ms.sub(count.after_ms).div(count.length_ms);
  const first = notNegative(ceilingOf(position(begin)));
  let last = ceilingOf(position(end));
  if (count.how === 'completed')
    last = smaller(last, floorOf(position(new Fraction(BigInt(piece.spell_ms)))));
  if (count.most !== null) last = smaller(last, floorOf(count.most));
  return new Fraction(notNegative(last - first));
}

function prorated(begin: Fraction, end: Fraction, { length_ms, after_ms, most }: Count): Fraction {
  const from = begin.lt(after_ms) ? after_ms : begin;
  const limit = most === null ? null : after_ms.add(length_ms.mul(most));
  const to = limit?.lt(end) ? limit : end;
  return to.gt(from) ? to.sub(from).div(length_ms) : NOTHING;
}

/** For the trace: where on its spell's counted time the piece lies, in milliseconds. */
export function periodText({ before_ms, from, to, spell_ms }: Piece): string {
  return `${before_ms}..${before_ms + to - from} of ${spell_ms} ms`;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function notNegative(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
