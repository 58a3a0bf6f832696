import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import Fraction from 'fraction.js';
import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../../core/compensation/case.ts';
import { assessed, compiled, type Json, paid, rule, schemeOf } from './example-scheme.ts';
import { number } from './reader.ts';

const MINUTE = 60_000;
const START = Date.UTC(2024, 9, 20);

interface Given {
  readonly from_min: number;
  readonly length_min: number;
  readonly id: string;
}

function cutOf({ from_min, length_min, id }: Given): Json {
  const from = START + from_min * MINUTE;
  return { id, from: new Date(from).toISOString(), to: new Date(from + length_min * MINUTE).toISOString() };
}

/** Over a change of the clock, a month's end and a year's. */
const cuts = fc
  .array(
    fc.record({
      from_min: fc.integer({ min: 0, max: 120_000 }),
      length_min: fc.integer({ min: 0, max: 6_000 }),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.map((one, i): Given => ({ ...one, id: `c${i}` })));

const stepped = {
  bands: {
    of: { elapsed: 'hour' },
    bands: [
      { below: '1', is: '0.35' },
      { from: '1', below: '8', is: '12.50' },
      { from: '8', is: { multiply: ['9.99', { periods: { hours: '5', count: 'started' } }] } },
    ],
  },
};

/** Money of any size, exact. */
const total = (result: Assessment) => number(result.total.amount);

describe('caps', () => {
  const capped = compiled(
    schemeOf(
      [
        rule({ id: 'a', amount: stepped, merge: { gap_h: { below: '2' }, between: 'counts' } }),
        rule({ id: 'b', per: 'month', amount: { multiply: ['2.37', { elapsed: 'hour' }] } }),
        rule({ id: 'c', per: { window: { days: 20 }, pays: 'increase' } }),
      ],
      {},
      {
        limits: [
          { id: 'event', rules: ['a'], per: 'interruption', most: '33.33' },
          { id: 'day', rules: ['a', 'c'], per: { period: 'day', apportion: 'hours' }, most: '21.17' },
          { id: 'month', per: { period: 'month', apportion: 'start' }, most: '77.70' },
          { id: 'year', per: { period: 'year', starting: '11-01' }, most: '120.05' },
          { id: 'all', per: 'case', most: '200' },
        ],
      },
    ),
  );
  const most: Record<string, string> = { 0: '33.33', 1: '21.17', 2: '77.70', 3: '120.05', 4: '200' };

  it('are never passed, neither one by one nor together', () => {
    fc.assert(
      fc.property(cuts, (given) => {
        const result = assessed(capped, { interruptions: given.map(cutOf) });
        expect(result.refused).toBeNull();
        expect(total(result).lte(200n)).toBe(true);
        const buckets = new Map<string, Fraction>();
        for (const { op, path, part, value } of result.trace) {
          if (op !== 'limit') continue;
          const key = `${path} ${part?.split(' ').at(-1)}`;
          buckets.set(key, (buckets.get(key) ?? new Fraction(0n)).add(number(value)));
        }
        for (const [key, sum] of buckets) {
          const limit = most[/limits\/(\d)/.exec(key)?.[1] ?? ''];
          expect(sum.lte(number(limit)), `${key}: ${sum.toFraction()}`).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('cut no more than they must: without them as much is owed, or a cap was reached', () => {
    const free = compiled(schemeOf([rule({ amount: stepped })]));
    const limited = compiled(
      schemeOf([rule({ amount: stepped })], {}, { limits: [{ id: 'all', per: 'case', most: '40' }] }),
    );
    fc.assert(
      fc.property(cuts, (given) => {
        const [without, within] = [free, limited].map((one) =>
          assessed(one, { interruptions: given.map(cutOf) }),
        );
        if (without === undefined || within === undefined) return;
        const expected = total(without).lt(40n) ? total(without) : new Fraction(40n);
        expect(total(within).equals(expected)).toBe(true);
      }),
    );
  });
});

describe('splitting an interruption at an instant', () => {
  const halves = fc.record({
    a: fc.integer({ min: 1, max: 4_000 }),
    b: fc.integer({ min: 1, max: 4_000 }),
  });
  const [whole, split] = [
    (a: number, b: number) => [cutOf({ id: 'w', from_min: 0, length_min: a + b })],
    (a: number, b: number) => [
      cutOf({ id: 'a', from_min: 0, length_min: a }),
      cutOf({ id: 'b', from_min: a, length_min: b }),
    ],
  ];
  const merge = { gap_h: { at_most: '0' }, between: 'counts' };

  it.each([
    ['merged, whatever the amount', rule({ amount: stepped, merge })],
    ['merged, with a longest stretch', rule({ amount: { multiply: ['1', { longest: 'hour' }] }, merge })],
    ['merged, with free hours', rule({ clock: { free_h: '5', free: 'deducted' }, merge })],
    ['by the hour of a month', rule({ per: 'month' })],
    ['by the started day', rule({ per: 'case', amount: { multiply: ['3', { started_days: true }] } })],
    [
      'by the minute of a day',
      rule({ per: { period: 'day', by: 'time' }, round: { mode: 'half_even', to: '0.01', at: 'rule' } }),
    ],
  ])('changes nothing where interruptions that touch are one: %s', (_, one) => {
    fc.assert(
      fc.property(halves, ({ a, b }) => {
        expect(paid([one], split(a, b))).toBe(paid([one], whole(a, b)));
      }),
      { numRuns: 60 },
    );
  });

  it('makes two of one where each is paid by itself, and nothing else', () => {
    fc.assert(
      fc.property(halves, ({ a, b }) => {
        const [first, second] = split(a, b).map((one) => number(paid([rule({ amount: stepped })], [one])));
        expect(
          number(paid([rule({ amount: stepped })], split(a, b))).equals(first?.add(second ?? 0n) ?? 0n),
        ).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(fixtures())('in every example of %s', (_, scheme, examples) => {
  const read = compiled(scheme);

  it('the order of the interruptions changes nothing', () => {
    for (const { case: given } of examples) {
      const named = withIds(given);
      const { trace: _trace, ...one } = assessed(read, named);
      const { trace: _other, ...other } = assessed(read, {
        ...named,
        interruptions: [...named.interruptions].reverse(),
      });
      expect(other).toEqual(one);
    }
  });

  it('ledger minutes are counted plus excluded, and what a rule adds is no less than nothing', () => {
    for (const { name, case: given } of examples) {
      const { trace } = assessed(read, given);
      for (const ledger of trace.filter(({ op }) => op === 'ledger_minutes')) {
        const counted = trace.find(
          ({ op, rule: of, part }) => op === 'counted_minutes' && of === ledger.rule && part === ledger.part,
        );
        const sum = (counted?.inputs ?? []).reduce(
          (all, text) => all.add(number(text.split(' ')[1])),
          number(counted?.value),
        );
        expect(sum.equals(number(ledger.value)), `${name}: ${JSON.stringify(counted)}`).toBe(true);
      }
      for (const added of trace.filter(({ op }) => op === 'added_minutes'))
        expect(number(added.value).s).toBe(1n);
    }
  });
});

interface Example {
  readonly name: string;
  readonly case: Json & { readonly interruptions: readonly Json[] };
}

function withIds(given: Example['case']): Example['case'] {
  return { ...given, interruptions: given.interruptions.map((one, i) => ({ id: `n${i}`, ...one })) };
}

function fixtures(): readonly [string, unknown, readonly Example[]][] {
  const folder = new URL('../../fixtures/schemes/', import.meta.url);
  const shipped = new URL('../../../schemes/', import.meta.url);
  const jsonIn = (from: URL, name: string): unknown => JSON.parse(readFileSync(new URL(name, from), 'utf8'));
  return readdirSync(folder)
    .filter((name) => name.endsWith('.examples.json'))
    .map((name) => {
      const id = name.replace('.examples.json', '');
      const home = readdirSync(shipped).includes(`${id}.json`) ? shipped : folder;
      return [id, jsonIn(home, `${id}.json`), jsonIn(folder, name) as readonly Example[]];
    });
}
