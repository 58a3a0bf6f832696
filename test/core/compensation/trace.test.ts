import { readdirSync, readFileSync } from 'node:fs';
import Fraction from 'fraction.js';
import { describe, expect, it } from 'vitest';
import { readCase } from '../../../contracts/assess-case.ts';
import { readScheme } from '../../../contracts/scheme.ts';
import { assess } from '../../../core/compensation/assess.ts';
import type { Assessment, TraceLine } from '../../../core/compensation/case.ts';
import { exactText } from '../../../core/units/decimal.ts';
import { at, inputsBy, number, type Reader, reckoned } from './reader.ts';

const FIXTURES = new URL('../../fixtures/schemes/', import.meta.url);
const SHIPPED = new URL('../../../schemes/', import.meta.url);

function jsonIn(folder: URL, name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

const ids = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.examples.json'))
  .map((name) => name.replace('.examples.json', ''));

function schemeOf(id: string): unknown {
  const shipped = readdirSync(SHIPPED).includes(`${id}.json`);
  return jsonIn(shipped ? SHIPPED : FIXTURES, `${id}.json`);
}

interface Read {
  readonly name: string;
  readonly reader: Reader;
  readonly result: Assessment;
}

function readings(id: string): readonly Read[] {
  const json = schemeOf(id);
  const scheme = readScheme(json);
  if (!scheme.ok) throw new Error(JSON.stringify(scheme.faults));
  const examples = jsonIn(FIXTURES, `${id}.examples.json`) as readonly { name: string; case: unknown }[];
  return examples.map(({ name, case: given }) => {
    const read = readCase(given);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    const result = assess(scheme.scheme, read.case);
    const zone = scheme.scheme.file.timeZone ?? read.case.timeZone ?? 'UTC';
    return { name, result, reader: { scheme: json, zone, trace: result.trace } };
  });
}

/** What an award came to, through rounding, increase, group and limits. */
function settled(trace: readonly TraceLine[], amount: TraceLine, roundedByPart: boolean): Fraction {
  const of = (op: string) => trace.filter((line) => line.rule === amount.rule && line.op === op);
  let value = number(amount.value);
  const rule = amount.path.replace(/\/amount$/, '');
  const rounded = of('round').find(({ part, path }) => part === amount.part && path === `${rule}/round`);
  if (roundedByPart && rounded !== undefined) {
    expect(number(rounded.inputs[0]).equals(value)).toBe(true);
    value = number(rounded.value);
  }
  const increase = of('subtract').find(({ part, path }) => part === amount.part && path === `${rule}/per`);
  if (increase !== undefined) value = number(increase.value);
  if (value.s < 0n) value = new Fraction(0n);
  if (of('group').some(({ part }) => part === amount.part)) return new Fraction(0n);
  const limits = of('limit').filter(({ part }) => part?.startsWith(`${amount.part} `));
  for (const path of new Set(limits.map((line) => line.path))) {
    const own = limits.filter((line) => line.path === path);
    expect(own.every(({ inputs }) => number(inputs[0]).equals(value))).toBe(true);
    value = own.reduce((sum, line) => sum.add(number(line.value)), new Fraction(0n));
  }
  return value;
}

describe.each(ids)('a reader with the trace and the file of %s', (id) => {
  it('finds every line where it says it stands, and recomputes it', () => {
    let recomputed = 0;
    for (const { name, reader, result } of readings(id)) {
      if (result.refused !== null) continue;
      for (const [i, line] of result.trace.entries()) {
        const said = `${name}: ${JSON.stringify(line)}`;
        expect(at(reader.scheme, line.path), said).toBeDefined();
        const inputs = inputsBy(reader, i);
        if (inputs !== null) expect(line.inputs, said).toEqual(inputs);
        const value = reckoned(reader, i);
        if (value === null) continue;
        recomputed += 1;
        expect(line.value, said).toBe(value);
      }
    }
    expect(recomputed).toBeGreaterThan(0);
  });

  it('follows each amount from its rule to the total', () => {
    for (const { name, reader, result } of readings(id)) {
      const { trace, entitlements, total } = result;
      let sum = new Fraction(0n);
      for (const rule of new Set(entitlements.map((one) => one.rule))) {
        const own = entitlements.filter((one) => one.rule === rule);
        const paid = own.reduce((all, { amount }) => all.add(number(amount)), new Fraction(0n));
        const owed = trace.find(
          (line) => line.op === 'owed' && line.rule === rule && line.part === undefined,
        );
        const byPart = at(reader.scheme, `${owed?.path}/round/at`) === 'part';
        const awards = trace
          .filter((line) => line.op === 'amount' && line.rule === rule)
          .map((line) => settled(trace, line, byPart))
          .filter(({ n }) => n > 0n)
          .map(exactText);
        if (byPart) expect(owed?.inputs, name).toEqual(awards);
        expect(number(owed?.value).equals(paid), name).toBe(true);
        sum = sum.add(paid);
      }
      expect(number(total.amount).equals(sum), name).toBe(true);
    }
  });
});
