import { describe, expect, it } from 'vitest';
import { nearDecimal, readTrace, traceByRule } from '../../dashboard/src/state/trace.ts';

const line = (rule: string, op: string, value: string, path = '/versions/0') => ({
  rule,
  op,
  value,
  path,
  inputs: [],
});

describe('the calculation of a claim, as people read it', () => {
  it('tells rules that pay, rules that do not with the reason, and doubts apart, and loses no step of what pays', () => {
    const lines = readTrace([
      line('', 'presumed', 'property', 'attribution'),
      line('fee', 'equals', 'false'),
      line('fee', 'amount', '455/558'),
      line('fee', 'owed', '0.82'),
      line('fuel', 'not', 'false'),
      line('fuel', 'not_owed', 'no_fuel_sharing', ''),
      line('', 'unverified', 'a common choice', 'parameters/share'),
      'nonsense',
    ]);
    const { rules, notOwed, doubts } = traceByRule(lines);
    expect(rules.map(({ rule, main, all }) => [rule, main.length, all.length])).toEqual([
      ['', 1, 1],
      ['fee', 2, 3],
    ]);
    expect(notOwed).toEqual([{ rule: 'fuel', reason: 'no_fuel_sharing' }]);
    expect(doubts).toEqual([{ path: 'parameters/share', note: 'a common choice' }]);
  });

  it('says the nearest decimal of a fraction, and nothing beside what is a decimal already', () => {
    expect(nearDecimal('455/558')).toBeCloseTo(0.8154, 4);
    expect(nearDecimal('-1/4')).toBe(-0.25);
    for (const text of ['0.82', '2026-01-10', '1/0', 'versions/0', '']) expect(nearDecimal(text)).toBeNull();
  });
});
