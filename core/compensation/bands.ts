import type Fraction from 'fraction.js';
import { exactText } from '../units/decimal.ts';
import type { Compiler } from './compiler.ts';
import type { Type } from './kinds.ts';

/** A stretch of numbers; null is without end. */
export interface Band {
  readonly low: Fraction | null;
  readonly lowIn: boolean;
  readonly high: Fraction | null;
  readonly highIn: boolean;
}

/** Every number must lie in exactly one band, or outside all of them where `else` says what holds there. */
export function checkBands(
  bands: readonly Band[],
  hasElse: boolean,
  of: Type,
  path: string,
  compiler: Compiler,
): void {
  const inOrder = bands.map((band, i) => ({ ...band, i })).sort(byLow);
  for (const { low, high, lowIn, highIn, i } of inOrder) {
    const order = low === null || high === null ? -1 : low.compare(high);
    if (order > 0 || (order === 0 && !(lowIn && highIn)))
      compiler.fault(`${path}/bands/${i}`, 'empty', 'holds no number: its end is not above its beginning');
    else if (liesBelow(high, highIn, of.low))
      compiler.fault(`${path}/bands/${i}`, 'unreachable', `is never below ${textOf(of.low)}: take it out`);
    else if (liesBelow(of.high, true, low, lowIn))
      compiler.fault(`${path}/bands/${i}`, 'unreachable', `is never above ${textOf(of.high)}: take it out`);
  }
  for (const [n, band] of inOrder.entries()) {
    const next = inOrder[n + 1];
    if (next !== undefined) checkBorder(band, next, path, compiler);
  }
  if (hasElse) return;
  const [first] = inOrder;
  const last = inOrder.at(-1);
  const lowest = of.low;
  const begins =
    first?.low === null || (lowest && first?.low.lte(lowest) && (first.lowIn || first.low.lt(lowest)));
  if (first !== undefined && !begins)
    compiler.fault(
      `${path}/bands/${first.i}`,
      'gap',
      `nothing is said ${first.lowIn ? 'below' : 'up to'} ${textOf(first.low)}; give else, or a band for it`,
    );
  if (last !== undefined && last.high !== null)
    compiler.fault(
      `${path}/bands/${last.i}`,
      'gap',
      `nothing is said ${last.highIn ? `above ${textOf(last.high)}` : `from ${textOf(last.high)} on`}; give else, or a band for it`,
    );
}

/** Whether all up to `end` is below all from `begin` on. */
function liesBelow(end: Fraction | null, endIn: boolean, begin: Fraction | null, beginIn = true): boolean {
  if (end === null || begin === null) return false;
  const order = end.compare(begin);
  return order < 0 || (order === 0 && !(endIn && beginIn));
}

type Placed = Band & { readonly i: number };

function checkBorder(band: Placed, next: Placed, path: string, compiler: Compiler): void {
  const at = `${path}/bands/${next.i}`;
  if (band.high === null || next.low === null) {
    compiler.fault(at, 'overlap', `overlaps the band ${band.i}`);
    return;
  }
  const order = band.high.compare(next.low);
  if (order > 0 || (order === 0 && band.highIn && next.lowIn))
    compiler.fault(
      at,
      'overlap',
      `${order === 0 ? `${textOf(next.low)} is also` : 'overlaps what is'} in band ${band.i}`,
    );
  else if (order < 0)
    compiler.fault(at, 'gap', `nothing is said between ${textOf(band.high)} and ${textOf(next.low)}`);
  else if (!band.highIn && !next.lowIn)
    compiler.fault(
      at,
      'gap',
      `exactly ${textOf(next.low)} is in no band; let one of the two include it (to, or from)`,
    );
}

function byLow(a: Placed, b: Placed): number {
  if (a.low === null || b.low === null) return Number(b.low === null) - Number(a.low === null);
  return a.low.compare(b.low) || Number(b.lowIn) - Number(a.lowIn);
}

function textOf(value: Fraction | null): string {
  return value === null ? 'any' : exactText(value);
}
