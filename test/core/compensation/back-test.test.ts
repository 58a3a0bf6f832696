import { describe, expect, it } from 'vitest';
import { createCostSheet, differencesOf } from '../../../core/compensation/back-test.ts';
import type { Assessment } from '../../../core/compensation/case.ts';

function result(rules: Readonly<Record<string, string>>, refused: Assessment['refused'] = null): Assessment {
  const entitlements = Object.entries(rules).map(([rule, amount]) => ({ rule, amount, payer: 'property' }));
  const cents = entitlements.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
  return {
    entitlements: entitlements as unknown as Assessment['entitlements'],
    total: { amount: (cents / 100).toFixed(2), currency: 'CNY' },
    notOwed: [],
    trace: [],
    unverified: [],
    refused,
  };
}

function sheetOf(
  ...all: readonly (readonly [premises: string, building: string, month: string, result: Assessment])[]
) {
  const sheet = createCostSheet();
  for (const [premises, building, month, one] of all) sheet.add({ premises, building, month, result: one });
  return sheet;
}

describe('what a scheme would have cost', () => {
  it('adds up by rule, building and month, in order, and counts who was paid', () => {
    const sheet = sheetOf(
      ['p2', '9', '2026-02', result({ hour: '2.50', cut: '1.00' })],
      ['p1', '7', '2026-01', result({ hour: '0.30' })],
      ['p1', '7', '2026-02', result({ hour: '0.20' })],
      ['p3', '8', '2026-01', result({})],
    );
    const cost = sheet.cost();
    expect(cost).toEqual({
      currency: 'CNY',
      total_minor: 400,
      byRule: { cut: 100, hour: 300 },
      byBuilding: { 7: 50, 8: 0, 9: 350 },
      byMonth: { '2026-01': 30, '2026-02': 370 },
      premisesPaid: 2,
      refused: {},
      cases: 4,
    });
    expect(Object.keys(cost.byRule)).toEqual(['cut', 'hour']);
    expect(Object.keys(cost.byMonth)).toEqual(['2026-01', '2026-02']);
    expect(sheet.ofPremises('p1')).toBe(50);
    expect(sheet.ofPremises('nobody')).toBe(0);
  });

  it('says what was missing how often, not of which interruption', () => {
    const missing = (id: string) => [{ path: `interruptions/${id}/depth`, code: 'missing' }];
    const sheet = sheetOf(
      ['p1', '7', '2026-01', result({}, missing('x1'))],
      ['p2', '7', '2026-01', result({}, missing('x2'))],
    );
    expect(sheet.cost().refused).toEqual({ 'interruptions/depth missing': 2 });
  });

  it('is compared home by home, the largest difference first, equal ones by id', () => {
    const tried = sheetOf(
      ['c', '1', 'm', result({ r: '1.00' })],
      ['a', '1', 'm', result({ r: '5.00' })],
      ['b', '1', 'm', result({ r: '1.00' })],
      ['d', '1', 'm', result({ r: '4.00' })],
    );
    const current = sheetOf(
      ['a', '1', 'm', result({ r: '4.50' })],
      ['e', '1', 'm', result({ r: '9.00' })],
      ['d', '1', 'm', result({ r: '4.00' })],
    );
    expect(differencesOf(tried, current)).toEqual([
      { premises: 'e', tried_minor: 0, current_minor: 900 },
      { premises: 'b', tried_minor: 100, current_minor: 0 },
      { premises: 'c', tried_minor: 100, current_minor: 0 },
      { premises: 'a', tried_minor: 500, current_minor: 450 },
      { premises: 'd', tried_minor: 400, current_minor: 400 },
    ]);
  });
});
