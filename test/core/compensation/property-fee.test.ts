import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readCase } from '../../../contracts/assess-case.ts';
import { readScheme } from '../../../contracts/scheme.ts';
import { assess } from '../../../core/compensation/assess.ts';
import type { Assessment } from '../../../core/compensation/case.ts';
import type { Scheme } from '../../../core/compensation/compiled.ts';

const json: unknown = JSON.parse(
  readFileSync(new URL('../../../schemes/property-fee.json', import.meta.url), 'utf8'),
);

function scheme(): Scheme {
  const read = readScheme(json);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.scheme;
}

interface Given {
  readonly premises?: Record<string, unknown>;
  readonly parameters?: Record<string, unknown>;
  readonly interruptions?: readonly Record<string, unknown>[];
  readonly facts?: Record<string, unknown>;
  readonly at?: string;
}

const cut = (
  from: string,
  to: string | null,
  rest: Record<string, unknown> = {},
): Record<string, unknown> => ({
  premises: '1201',
  phases: 'ABC',
  from,
  to,
  momentary: false,
  operations: 1,
  planned: null,
  causes: [],
  cause: 'riser breaker',
  attribution: 'property',
  ...rest,
});

/** 36 h from 2024-02-10 14:00 local, the property's fault: the worked example. */
const EXAMPLE = cut('2024-02-10T14:00:00+08:00', '2024-02-12T02:00:00+08:00');

function run(given: Given = {}): Assessment {
  const read = readCase({
    premises: { area_m2: '100', ...given.premises },
    interruptions: given.interruptions ?? [EXAMPLE],
    facts: given.facts ?? {},
    parameters: { rate: '2.80', ...given.parameters },
    at: given.at ?? '2024-02-12T03:00:00Z',
  });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return assess(scheme(), read.case);
}

const total = (given: Given): string => run(given).total.amount;

describe('the worked examples', () => {
  test.for<[string, Record<string, unknown>, string]>([
    ['by the hour, real month', {}, '14.48'],
    ['by started day, 29 days', { unit: 'started_day' }, '28.97'],
    ['by started day, 30-day month', { unit: 'started_day', divisor: '30' }, '28.00'],
    ['lift share, by the hour', { share: '35 %' }, '5.07'],
  ])('%s', ([, parameters, amount]) => {
    expect(run({ parameters })).toMatchObject({
      entitlements: [{ rule: 'fee-refund', amount, due: '2024-03-13', payer: 'property' }],
      total: { amount, currency: 'CNY' },
      notOwed: [{ rule: 'generator-fuel', reason: 'no_fuel_sharing' }],
      refused: null,
    });
  });

  test.for([
    ['utility', 'utility_supply'],
    ['force_majeure', 'force_majeure'],
    ['third_party', 'third_party'],
    ['owner', 'own_installation'],
  ])('caused by %s: nothing, with the reason', ([attribution, reason]) => {
    expect(run({ interruptions: [{ ...EXAMPLE, attribution }] })).toMatchObject({
      entitlements: [],
      total: { amount: '0.00', currency: 'CNY' },
      notOwed: [
        { rule: 'fee-refund', reason },
        { rule: 'generator-fuel', reason },
      ],
      refused: null,
    });
  });
});

describe('time', () => {
  test.for<[string, Given, string]>([
    ['24 h blocks, a started one counting', { parameters: { unit: 'block_24h', divisor: '30' } }, '18.67'],
    [
      '24 h blocks, only completed ones',
      { parameters: { unit: 'block_24h', blocks: 'completed', divisor: '30' } },
      '9.33',
    ],
    ['a twelfth of 365 days', { parameters: { unit: 'started_day', divisor: 'year_12' } }, '27.62'],
    ['free hours deducted', { parameters: { free_h: '12', free: 'deducted' } }, '9.66'],
    ['free hours as a threshold passed', { parameters: { free_h: '12' } }, '14.48'],
    ['free hours as a threshold just met', { parameters: { free_h: '36' } }, '0.00'],
    [
      'one millisecond more',
      {
        parameters: { free_h: '36' },
        interruptions: [cut('2024-02-10T14:00:00+08:00', '2024-02-12T02:00:00.001+08:00')],
      },
      '14.48',
    ],
    [
      'ending at midnight does not start the next day',
      {
        parameters: { unit: 'started_day', divisor: '30' },
        interruptions: [cut('2024-02-10T14:00:00+08:00', '2024-02-12T00:00:00+08:00')],
      },
      '18.67',
    ],
    [
      'two cuts in one day are one started day',
      {
        parameters: { unit: 'started_day', divisor: '30' },
        interruptions: [
          cut('2024-02-10T08:00:00+08:00', '2024-02-10T09:00:00+08:00'),
          cut('2024-02-10T18:00:00+08:00', '2024-02-10T19:00:00+08:00'),
        ],
      },
      '9.33',
    ],
    [
      'each month by its own days',
      { interruptions: [cut('2024-01-31T12:00:00+08:00', '2024-02-01T12:00:00+08:00')] },
      '9.34',
    ],
    [
      'time counts once, however many cuts overlap',
      { interruptions: [EXAMPLE, cut('2024-02-11T00:00:00+08:00', '2024-02-11T12:00:00+08:00')] },
      '14.48',
    ],
    [
      'a cut not over yet is measured until now',
      { interruptions: [cut('2024-02-10T14:00:00+08:00', null)], at: '2024-02-12T02:00:00+08:00' },
      '14.48',
    ],
    ['announced work does not count', { interruptions: [{ ...EXAMPLE, planned: 'w1' }] }, '0.00'],
    [
      'unless the contract says so',
      { interruptions: [{ ...EXAMPLE, planned: 'w1' }], parameters: { planned: true } },
      '14.48',
    ],
  ])('%s', ([, given, amount]) => {
    expect(total(given)).toBe(amount);
  });

  it('is never more than the fee of the month, or the share of it that the contract names', () => {
    const long = [cut('2024-02-01T00:00:00+08:00', '2024-03-01T00:00:00+08:00')];
    expect(total({ interruptions: long })).toBe('280.00');
    expect(total({ interruptions: long, parameters: { cap: '50 %' } })).toBe('140.00');
    expect(
      total({ interruptions: long, parameters: { unit: 'block_24h', divisor: 'year_12', cap: '60 %' } }),
    ).toBe('168.00');
  });

  it('has no due date while supply is not back', () => {
    const open = run({ interruptions: [cut('2024-02-10T14:00:00+08:00', null)] });
    expect(open.entitlements).toMatchObject([{ due: null }]);
  });

  it('adds up: ledger minutes are counted plus excluded, and started days stand beside them', () => {
    const { trace } = run({ parameters: { unit: 'started_day', free_h: '2', free: 'deducted' } });
    const line = (op: string) => trace.find((one) => one.op === op);
    expect(line('ledger_minutes')?.value).toBe('2160');
    expect(line('counted_minutes')).toMatchObject({ value: '2040', inputs: ['free_allowance 120'] });
    expect(line('added_minutes')?.value).toBe(String(3 * 1440 - 2040));
  });
});

describe('refusing', () => {
  test.for<[string, Given, readonly { path: string; code: string }[]]>([
    ['no area', { premises: { area_m2: null } }, [{ path: 'premises/area_m2', code: 'missing_input' }]],
    ['no rate', { parameters: { rate: undefined } }, [{ path: 'parameters/rate', code: 'missing_input' }]],
    [
      'both',
      { premises: { area_m2: null }, parameters: { rate: undefined } },
      [
        { path: 'premises/area_m2', code: 'missing_input' },
        { path: 'parameters/rate', code: 'missing_input' },
      ],
    ],
    [
      'a binary float',
      { parameters: { rate: 2.8 } },
      [{ path: 'parameters/rate', code: 'not_a_decimal_string' }],
    ],
    [
      'a share above the whole',
      { parameters: { share: '101 %' } },
      [{ path: 'parameters/share', code: 'out_of_range' }],
    ],
    [
      'a unit nobody knows',
      { parameters: { unit: 'fortnight' } },
      [{ path: 'parameters/unit', code: 'not_allowed' }],
    ],
    [
      'nobody said whose fault',
      { interruptions: [{ ...EXAMPLE, id: 'x', attribution: null }] },
      [{ path: 'interruptions/x/attribution', code: 'missing_input' }],
    ],
    [
      'before any version',
      { interruptions: [cut('1999-12-31T14:00:00+08:00', '1999-12-31T16:00:00+08:00', { id: 'x' })] },
      [{ path: 'interruptions/x/from', code: 'no_version_in_force' }],
    ],
  ])('%s', ([, given, refused]) => {
    const result = run(given);
    expect(result.refused).toEqual(expect.arrayContaining([...refused]));
    expect(result.refused).toHaveLength(refused.length);
    expect(result).toMatchObject({ entitlements: [], total: { amount: '0.00' }, notOwed: [] });
  });

  test.for(['2024-02-10T14:00:00', '2024-02-30T14:00:00Z', '2024-02-10 14:00+08:00', 'yesterday'])(
    'a case whose time is %s',
    (from) => {
      const read = readCase({
        premises: {},
        interruptions: [{ ...EXAMPLE, from }],
        at: '2024-02-12T03:00:00Z',
      });
      expect(read.ok ? [] : read.faults.map(({ path }) => path)).toContain('/interruptions/0/from');
    },
  );
});

it('marks what was assumed rather than agreed', () => {
  expect(
    run()
      .unverified.map(({ path }) => path)
      .sort(),
  ).toEqual(['parameters/cap', 'parameters/divisor', 'parameters/share', 'parameters/unit']);
  const agreed = { share: '100 %', unit: 'hour', divisor: 'days_of_month', cap: '100 %' };
  expect(run({ parameters: agreed }).unverified).toEqual([]);
});

it('takes a fact by the date of the cut where it is given by date', () => {
  const facts = {
    rate: [
      { from: '2024-01-01', value: '2.80' },
      { from: '2024-02-11', value: '99' },
      { from: '2020-01-01', value: '1' },
    ],
  };
  expect(total({ facts, parameters: { rate: undefined } })).toBe('14.48');
});

describe('whatever the cuts', () => {
  const start = Date.parse('2024-01-15T00:00:00Z');
  const cuts = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 60 * 24 * 60 }), fc.integer({ min: 0, max: 4_000 })), {
      maxLength: 6,
    })
    .map((all) =>
      all.map(([offset, length], i) =>
        cut(
          new Date(start + offset * 60_000).toISOString(),
          new Date(start + (offset + length) * 60_000).toISOString(),
          { id: `c${i}` },
        ),
      ),
    );
  const parameters = fc.record({
    unit: fc.constantFrom('hour', 'started_day', 'block_24h'),
    divisor: fc.constantFrom('days_of_month', '30', 'year_12'),
    free_h: fc.constantFrom('0', '1.5', '24'),
    free: fc.constantFrom('deducted', 'threshold'),
  });

  it('their order changes nothing', () => {
    fc.assert(
      fc.property(cuts, parameters, (given, chosen) => {
        const reversed = run({ interruptions: given.toReversed(), parameters: chosen });
        expect(run({ interruptions: given, parameters: chosen }).total).toEqual(reversed.total);
      }),
      { numRuns: 60 },
    );
  });

  it('no month costs more than its cap, and minutes add up', () => {
    fc.assert(
      fc.property(cuts, parameters, (given, chosen) => {
        const result = run({ interruptions: given, parameters: chosen });
        const months = new Set(result.trace.filter(({ op }) => op === 'amount').map(({ part }) => part));
        expect(Number(result.total.amount)).toBeLessThanOrEqual(280 * months.size);
        for (const { id } of given) {
          const lines = result.trace.filter(({ part }) => part === id);
          const ledger = Number(lines.find(({ op }) => op === 'ledger_minutes')?.value);
          const counted = lines.find(({ op }) => op === 'counted_minutes');
          const excluded = (counted?.inputs ?? []).reduce((sum, text) => sum + Number(text.split(' ')[1]), 0);
          expect(Number(counted?.value) + excluded).toBe(ledger);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('splitting one in two pays the same by the hour without free hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 5_000 }), (a, b) => {
        const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
        const whole = run({ interruptions: [cut(at(0), at(a + b), { id: 'w' })] });
        const halves = run({
          interruptions: [cut(at(0), at(a), { id: 'a' }), cut(at(a), at(a + b), { id: 'b' })],
        });
        expect(halves.total).toEqual(whole.total);
      }),
      { numRuns: 60 },
    );
  });
});
