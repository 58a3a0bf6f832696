import type Fraction from 'fraction.js';

export type Kind = 'number' | 'text' | 'flag' | 'instant' | 'date' | 'unknown';

/** What is known of an expression's value before any case is seen. */
export interface Type {
  readonly kind: Kind;
  /** Of a number: `money`, `hour`, `money/kWh`; null where anything fits, as for a bare literal. */
  readonly unit: Unit | null;
  /** Of a text: the only ones it can be. */
  readonly values: readonly string[] | null;
  readonly low: Fraction | null;
  readonly high: Fraction | null;
  /** Of a flag that can only be one. */
  readonly always: boolean | null;
}

/** Exponents by base unit: `money/kWh` is money¹ kWh⁻¹. A pure number has none. */
export type Unit = ReadonlyMap<string, number>;

export const PURE: Unit = new Map();
export const MONEY: Unit = new Map([['money', 1]]);

const ANY = { unit: null, values: null, low: null, high: null, always: null } as const;

export const UNKNOWN: Type = { kind: 'unknown', ...ANY };
export const TEXT: Type = { kind: 'text', ...ANY };
export const FLAG: Type = { kind: 'flag', ...ANY };
export const INSTANT: Type = { kind: 'instant', ...ANY };
export const DATE: Type = { kind: 'date', ...ANY };

export function numberType(unit: Unit | null, range: Partial<Pick<Type, 'low' | 'high'>> = {}): Type {
  return { kind: 'number', ...ANY, unit, ...range };
}

export function textType(values: readonly string[] | null): Type {
  return { ...TEXT, values };
}

export function flagType(always: boolean | null): Type {
  return { ...FLAG, always };
}

/** Null for a text that is no unit: names joined by `*` and `/`, `1` for none. */
export function parseUnit(text: string): Unit | null {
  if (!/^[A-Za-z0-9]+([*/][A-Za-z0-9]+)*$/.test(text)) return null;
  const unit = new Map<string, number>();
  for (const [, sign, name = ''] of text.matchAll(/([*/]?)([A-Za-z0-9]+)/g)) {
    if (name !== '1') add(unit, name, sign === '/' ? -1 : 1);
  }
  return unit;
}

export function unitText(unit: Unit): string {
  const names = (sign: 1 | -1) =>
    [...unit]
      .filter(([, n]) => Math.sign(n) === sign)
      .flatMap(([name, n]) => Array<string>(Math.abs(n)).fill(name));
  const above = names(1).join('*');
  const below = names(-1).map((name) => `/${name}`);
  return `${above === '' ? '1' : above}${below.join('')}`;
}

export function sameUnit(a: Unit | null, b: Unit | null): boolean {
  if (a === null || b === null) return true;
  return a.size === b.size && [...a].every(([name, n]) => b.get(name) === n);
}

export function timesUnit(a: Unit | null, b: Unit | null, sign: 1 | -1): Unit | null {
  if (a === null || b === null) return null;
  const unit = new Map(a);
  for (const [name, n] of b) add(unit, name, sign * n);
  return unit;
}

/** What two branches have in common; null where one could not stand for the other. */
export function joined(a: Type, b: Type): Type | null {
  if (a.kind === 'unknown') return b;
  if (b.kind === 'unknown') return a;
  if (a.kind !== b.kind || !sameUnit(a.unit, b.unit)) return null;
  return {
    kind: a.kind,
    unit: a.unit ?? b.unit,
    values: a.values === null || b.values === null ? null : [...new Set([...a.values, ...b.values])],
    low: a.low === null || b.low === null ? null : b.low.lt(a.low) ? b.low : a.low,
    high: a.high === null || b.high === null ? null : b.high.gt(a.high) ? b.high : a.high,
    always: a.always === b.always ? a.always : null,
  };
}

export function typeText({ kind, unit, values }: Type): string {
  if (kind === 'number' && unit !== null && unit.size > 0) return `a number of ${unitText(unit)}`;
  if (kind === 'text' && values?.length === 1) return `the text '${values[0]}'`;
  if (kind === 'text' && values !== null) return `one of ${values.join(', ')}`;
  return kind === 'instant' ? 'an instant' : `a ${kind}`;
}

function add(unit: Map<string, number>, name: string, n: number): void {
  const sum = (unit.get(name) ?? 0) + n;
  if (sum === 0) unit.delete(name);
  else unit.set(name, sum);
}
