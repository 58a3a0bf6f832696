import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCase } from '../../../contracts/assess-case.ts';
import { assess } from '../../../core/compensation/assess.ts';
import type { AssessCase } from '../../../core/compensation/case.ts';
import { assessFurther, lookBackOf, looksAcross } from '../../../core/compensation/further.ts';
import { compiled, type Json, rule, schemeOf } from './example-scheme.ts';
import { number } from './reader.ts';

const MINUTE = 60_000;
const START = Date.UTC(2024, 9, 20);

function caseOf(interruptions: readonly Json[], more: Json = {}): AssessCase {
  const read = readCase({ premises: {}, at: '2030-01-01T00:00:00Z', interruptions, ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.case;
}

/** One after the other, as incidents come. */
const incidents = fc
  .array(
    fc.record({
      gap_min: fc.integer({ min: 1, max: 20_000 }),
      length_min: fc.integer({ min: 1, max: 4_000 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((all) => {
    let at = START;
    return all.map(({ gap_min, length_min }, i): Json => {
      const from = at + gap_min * MINUTE;
      at = from + length_min * MINUTE;
      return { id: `c${i}`, from: new Date(from).toISOString(), to: new Date(at).toISOString() };
    });
  });

const limited = compiled(
  schemeOf(
    [rule({ amount: { multiply: ['3.33', { elapsed: 'hour' }] } })],
    {},
    {
      limits: [{ id: 'month', per: { period: 'month' }, most: '50.05' }],
    },
  ),
);
const allowance = compiled(
  schemeOf([
    rule({
      per: { window: { months: 12 }, pays: 'increase' },
      amount: { multiply: ['5', { greatest: [{ subtract: [{ elapsed: 'hour' }, '10'] }, '0'] }] },
    }),
  ]),
);
const quarterly = compiled(
  JSON.parse(readFileSync('test/fixtures/schemes/invented-third-of-quarter.json', 'utf8')),
);

describe('what incidents are owed one after the other', () => {
  it.each([
    ['a limit over a month', limited],
    ['an allowance over a year', allowance],
    ['the third of a quarter pays for all', quarterly],
  ])('sums to what they are owed together: %s', (_, scheme) => {
    expect(looksAcross(scheme)).toBe(true);
    fc.assert(
      fc.property(incidents, (all) => {
        const { interruptions, ...given } = caseOf(all);
        const together = assess(scheme, { ...given, interruptions });
        const sum = interruptions.reduce((so_far, one, i) => {
          const earlier = interruptions.slice(0, i);
          const { total, refused } = assessFurther(scheme, { ...given, interruptions: [one] }, earlier);
          expect(refused).toBeNull();
          return so_far.add(number(total.amount));
        }, number('0'));
        expect(sum.equals(number(together.total.amount))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is what they are owed alone where nothing looks across, and the first is owed all of it', () => {
    const plain = compiled(schemeOf([rule()]));
    expect(looksAcross(plain)).toBe(false);
    const [first, second] = [
      { id: 'a', from: '2024-03-01T00:00:00Z', to: '2024-03-01T05:00:00Z' },
      { id: 'b', from: '2024-03-02T00:00:00Z', to: '2024-03-02T07:00:00Z' },
    ];
    const earlier = caseOf([first ?? {}]).interruptions;
    expect(assessFurther(plain, caseOf([second ?? {}]), earlier).total.amount).toBe('7.00');
    expect(assessFurther(limited, caseOf([first ?? {}]), []).total.amount).toBe('16.65');
  });

  it('is owed once for each version of a scheme, also where both call a rule the same', () => {
    const limits = [{ id: 'month', per: { period: 'month' }, most: '50' }];
    const scheme = schemeOf([rule()], {}, { limits });
    const version = (from: string, to: string | null) => ({ from, to, limits, rules: [rule()] });
    const renewed = compiled({
      ...scheme,
      versions: [version('2000-01-01', '2024-03-31'), version('2024-04-01', null)],
    });
    const [march, april] = [
      { id: 'a', from: '2024-03-01T00:00:00Z', to: '2024-03-01T05:00:00Z' },
      { id: 'b', from: '2024-04-05T00:00:00Z', to: '2024-04-05T05:00:00Z' },
    ];
    const earlier = caseOf([march]).interruptions;
    expect(assessFurther(renewed, caseOf([april]), earlier).total.amount).toBe('5.00');
  });

  it.each([
    ['nothing over a time', [rule()], {}, 0],
    ['the case', [rule({ per: 'case' })], { limits: [{ id: 'x', per: 'case', most: '1' }] }, 0],
    ['days of a window', [rule({ per: { window: { days: 20 }, pays: 'every' } })], {}, 21],
    ['months of a window', [rule({ per: { window: { months: 12 }, pays: 'every' } })], {}, 373],
    ['a window of a year', [rule({ per: { window: { year_starting: '04-01' }, pays: 'every' } })], {}, 367],
    ['a month', [rule({ per: 'month' })], {}, 32],
    ['a limit of a quarter', [rule()], { limits: [{ id: 'x', per: { period: 'quarter' }, most: '1' }] }, 93],
    [
      'the longest',
      [rule({ per: 'month' })],
      { limits: [{ id: 'x', per: { period: 'year' }, most: '1' }] },
      367,
    ],
  ])('looks back as far as it must: %s', (_, rules, version, days) => {
    expect(lookBackOf(compiled(schemeOf(rules, {}, version))) / 86_400_000).toBe(days);
  });

  it('says in its trace what was owed before, and refuses when that cannot be told', () => {
    const [first, second] = [
      { id: 'a', from: '2024-03-01T00:00:00Z', to: '2024-03-01T12:00:00Z' },
      { id: 'b', from: '2024-03-02T00:00:00Z', to: '2024-03-02T12:00:00Z' },
    ];
    const earlier = caseOf([first]).interruptions;
    const result = assessFurther(limited, caseOf([second]), earlier);
    expect(result.total.amount).toBe('10.09');
    expect(result.trace.at(-1)).toMatchObject({
      op: 'already_owed',
      inputs: ['50.05', '39.96'],
      value: '10.09',
    });
    const asking = rule({
      per: 'month',
      exclude: [{ if: { equals: [{ interruption: 'attribution' }, 'owner'] }, reason: 'own' }],
    });
    const refused = assessFurther(compiled(schemeOf([asking])), caseOf([second]), earlier);
    expect(refused.refused).not.toBeNull();
    expect(refused).toMatchObject({ entitlements: [], total: { amount: '0.00' } });
  });
});
