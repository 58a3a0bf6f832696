import { describe, expect, it, test } from 'vitest';
import { assessed, compiled, cut, type Json, paid, rule, schemeOf } from './example-scheme.ts';

const hours = { elapsed: 'hour' };
const reason = 'no';
const january = '2024-01-10T08:00:00+01:00';
const when = (test_: unknown): Json => ({ require: [{ if: test_, reason }] });

type Row = [name: string, rules: Json[], cuts: Json[], more: Json, expected: string];

/** What each rule pays, in the order of the rules. */
function amounts(rules: Json[], cuts: readonly unknown[], version: Json, more: Json = {}): string[] {
  const { scheme = {}, ...given } = more as { scheme?: Json } & Json;
  const result = assessed(compiled(schemeOf(rules, scheme, version)), { interruptions: cuts, ...given });
  return result.entitlements.map((one) => `${one.rule} ${one.amount}`);
}

describe('between rules', () => {
  const [a, b] = [rule({ id: 'a', amount: '10' }), rule({ id: 'b', amount: { multiply: ['1', hours] } })];
  const group = (pay: string, per: unknown): Json => ({
    version: { groups: [{ id: 'g', rules: ['a', 'b'], pay, per }] },
  });
  const two = [cut(january, 4), cut('2024-01-20T08:00:00+01:00', 15)];

  test.for<Row>([
    ['the greater for each interruption', [a, b], two, group('greatest', 'interruption'), '25.00'],
    ['the greater in a month', [a, b], two, group('greatest', { period: 'month' }), '20.00'],
    ['the greater in all', [a, b], two, group('greatest', 'case'), '20.00'],
    ['the first that pays', [a, b], two, group('first', 'interruption'), '20.00'],
    ['together', [a, b], two, {}, '39.00'],
    [
      'a cap on the day',
      [b],
      [cut('2024-01-10T20:00:00+01:00', 30)],
      { version: { limits: [{ id: 'l', per: { period: 'day', apportion: 'hours' }, most: '10' }] } },
      '16.00',
    ],
    [
      'a cap with what was paid before',
      [b],
      two,
      {
        facts: { before: '90' },
        scheme: { inputs: { facts: { before: { type: 'number', unit: 'money' } } } },
        version: { limits: [{ id: 'l', per: { period: 'year' }, most: '100', used: { fact: 'before' } }] },
      },
      '10.00',
    ],
    [
      'a cap of one year does not touch the next',
      [b],
      [cut('2024-12-10T08:00:00+01:00', 30), cut('2025-01-10T08:00:00+01:00', 30)],
      { version: { limits: [{ id: 'l', per: { period: 'year' }, most: '20' }] } },
      '40.00',
    ],
    ['a cap in hours', [rule({ amount: { multiply: ['1', { least: [hours, '10'] }] } })], two, {}, '14.00'],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });

  it('a cap goes on over a new version', () => {
    const limits = [{ id: 'l', per: { period: 'year' }, most: '20' }];
    const scheme = schemeOf([b]);
    const versions = [
      { from: '2024-01-01', to: '2024-01-15', rules: [b], limits },
      { from: '2024-01-16', to: null, rules: [b], limits },
    ];
    const result = assessed(compiled({ ...scheme, versions }), { interruptions: [cut(january, 15), two[1]] });
    expect(result.entitlements.map(({ amount }) => amount)).toEqual(['15.00', '5.00']);
  });

  it('shares of two payers sum to the whole', () => {
    const shared = rule({
      payer: [
        { payer: 'operator', share: { least: [hours, '8'] } },
        { payer: 'fund', share: { greatest: ['0', { subtract: [hours, '8'] }] } },
      ],
      amount: '100',
    });
    const result = assessed(compiled(schemeOf([shared])), { interruptions: [cut(january, 9)] });
    expect(result.entitlements.map(({ payer, amount }) => [payer, amount])).toEqual([
      ['operator', '88.89'],
      ['fund', '11.11'],
    ]);
  });

  it('a cap touches only the rules it names', () => {
    const limits = [{ id: 'l', rules: ['b'], per: 'case', most: '5' }];
    expect(amounts([a, b], two, { limits })).toEqual(['a 20.00', 'b 5.00']);
  });

  it('a cap serves what began earlier first, whatever the order of the rules', () => {
    const march = { above: [{ date_of: { began: true } }, '2024-03-01'] };
    const late = rule({ id: 'late', ...when(march), amount: '7' });
    const early = rule({ id: 'early', ...when({ not: march }), amount: '7' });
    const cuts = [cut(january, 4), cut('2024-04-10T08:00:00+02:00', 4)];
    const limits = [{ id: 'l', per: 'case', most: '10' }];
    expect(amounts([late, early], cuts, { limits })).toEqual(['late 3.00', 'early 7.00']);
  });

  it('a cap is that of the first day in its period, and sees the end of the last', () => {
    const scheme = { inputs: { premises: { fee: { type: 'number', unit: 'money' } } } };
    const premises = {
      fee: [
        { from: '2024-01-01', value: '20' },
        { from: '2024-04-01', value: '30' },
        { from: '2025-01-01', value: '8' },
      ],
    };
    const autumn = { above: [{ date_of: { ended: true } }, '2024-09-30'] };
    const cuts = [
      cut(january, 15),
      cut('2024-05-10T08:00:00+02:00', 15),
      cut('2024-10-10T08:00:00+02:00', 1),
      cut('2025-02-10T08:00:00+01:00', 15),
    ];
    const most = { multiply: [{ premises: 'fee' }, { first: [{ when: autumn, is: '1.2' }, { is: '1' }] }] };
    const limits = [{ id: 'l', per: { period: 'year' }, most }];
    expect(amounts([b], cuts.slice(0, 2), { limits }, { scheme, premises })).toEqual(['b 20.00']);
    // 24 of 2024, and 8 x 1.2 of 2025.
    expect(amounts([b], cuts, { limits }, { scheme, premises })).toEqual(['b 33.60']);
  });

  it('a cap on each interruption may ask what it was', () => {
    const attribution = { interruption: 'attribution' };
    const most = { choose: { on: attribution, cases: { utility: '3' }, else: '9' } };
    const limits = [{ id: 'l', per: 'interruption', most }];
    const cuts = two.map((one, i) => ({ ...one, attribution: i === 0 ? 'utility' : 'property' }));
    expect(amounts([b], cuts, { limits })).toEqual(['b 12.00']);
  });

  it('a cap that is used up gives its reason, and one that is reached exactly cuts nothing', () => {
    const limits = [{ id: 'l', rules: ['b'], per: 'case', most: '4' }];
    const cuts = [cut(january, 4), cut('2024-04-10T08:00:00+02:00', 4)];
    const result = assessed(compiled(schemeOf([b], {}, { limits })), { interruptions: cuts });
    expect(result.total.amount).toBe('4.00');
    const second = assessed(
      compiled(schemeOf([b, rule({ id: 'c', exclude: [{ if: { paid_by: 'b' }, reason }] })], {}, { limits })),
      { interruptions: cuts },
    );
    // Nothing was paid for the second interruption: a rule that leaves out what was paid still sees it.
    expect(second.entitlements.map((one) => `${one.rule} ${one.amount}`)).toEqual(['b 4.00', 'c 4.00']);
  });

  it('a cap with more used than it allows pays nothing', () => {
    const scheme = { inputs: { facts: { before: { type: 'number', unit: 'money' } } } };
    const limits = [{ id: 'l', per: 'case', most: '100', used: { fact: 'before' } }];
    const given = { interruptions: two, facts: { before: '100.01' } };
    const result = assessed(compiled(schemeOf([b], scheme, { limits })), given);
    expect([result.total.amount, result.notOwed]).toEqual(['0.00', [{ rule: 'b', reason: 'limit_reached' }]]);
    expect(result.trace).toContainEqual(expect.objectContaining({ op: 'room', value: '0' }));
  });

  it('a cap in money is rounded to the minor unit, half up; what a share leaves over is not paid', () => {
    const limits = [{ id: 'l', per: 'case', most: { divide: ['10', '3'] } }];
    const low = [{ id: 'l', per: 'case', most: '2.005' }];
    expect(amounts([b], two, { limits })).toEqual(['b 3.33']);
    expect(amounts([b], two, { limits: low })).toEqual(['b 2.01']);
  });

  it('what rounding at the end of a rule moves is of its last part', () => {
    const scheme = { inputs: { premises: { most: { type: 'number', unit: 'money' } } } };
    const premises = {
      most: [
        { from: '2024-01-01', value: '2.50' },
        { from: '2024-02-01', value: '9' },
      ],
    };
    const limits = [{ id: 'l', per: { period: 'month' }, most: { premises: 'most' } }];
    const whole = rule({ id: 'b', round: { mode: 'half_up', to: '1', at: 'rule' } });
    const cuts = [cut(january, 2.4), cut('2024-02-10T08:00:00+01:00', 2.4)];
    expect(amounts([whole], cuts, { limits }, { scheme, premises })).toEqual(['b 5.00']);
  });

  it('in a group a period keeps to itself, and equal amounts go to the rule named first', () => {
    const five = rule({ id: 'b', amount: '10' });
    const groups = [{ id: 'g', rules: ['b', 'a'], pay: 'greatest', per: { period: 'month' } }];
    const cuts = [cut(january, 4), cut('2024-02-10T08:00:00+01:00', 15)];
    expect(amounts([a, five], cuts, { groups })).toEqual(['b 20.00']);
    expect(amounts([a, b], cuts, { groups })).toEqual(['a 10.00', 'b 15.00']);
  });

  it('in a group rules that are not named keep what they pay', () => {
    const c = rule({ id: 'c', amount: '3' });
    const groups = [{ id: 'g', rules: ['a', 'b'], pay: 'first', per: 'case' }];
    expect(amounts([b, c, a], two, { groups })).toEqual(['c 6.00', 'a 20.00']);
  });

  it('one interruption that another rule has taken is enough to lose all that was merged with it', () => {
    const long = rule({ id: 'a', ...when({ above: [hours, '3'] }), amount: '1' });
    const merged = rule({ id: 'b', amount: '15', merge: { gap_h: { below: '24' }, between: 'counts' } });
    const groups = [{ id: 'g', rules: ['a', 'b'], pay: 'first', per: 'interruption' }];
    const cuts = [cut(january, 2, { id: 'x' }), cut('2024-01-10T20:00:00+01:00', 4, { id: 'y' })];
    const result = assessed(compiled(schemeOf([long, merged], {}, { groups })), { interruptions: cuts });
    expect(result.entitlements.map((one) => `${one.rule} ${one.amount}`)).toEqual(['a 1.00']);
    expect(result.trace.find(({ op }) => op === 'group')?.inputs).toEqual(['b', '15', 'a']);
  });

  it('what was merged competes for each of its interruptions', () => {
    const merged = rule({ id: 'b', amount: '15', merge: { gap_h: { below: '24' }, between: 'counts' } });
    const groups = [{ id: 'g', rules: ['a', 'b'], pay: 'greatest', per: 'interruption' }];
    const near = [cut(january, 4), cut('2024-01-10T20:00:00+01:00', 4), cut('2024-03-10T08:00:00+01:00', 4)];
    expect(amounts([a, merged], near, { groups })).toEqual(['b 30.00']);
  });
});

describe('rules that build on others', () => {
  const a = rule({ id: 'a', amount: '100' });
  const b = rule({ id: 'b', per: 'once', amount: { multiply: [{ owed: 'a' }, '10 %'] } });
  const c = rule({ id: 'c', per: 'once', amount: { multiply: [{ owed: ['a', 'b'] }, '10 %'] } });
  const cuts = [cut(january, 4)];
  test.for<[string, Json[], string[]]>([
    ['see what those owe', [], ['a 100.00', 'b 10.00', 'c 11.00']],
    [
      'after the limits that hold for them; a limit that names no rule is of those that build on none',
      [{ id: 'l', per: 'case', most: '50' }],
      ['a 50.00', 'b 5.00', 'c 5.50'],
    ],
    [
      'and may have a limit of their own',
      [{ id: 'l', rules: ['b'], per: 'case', most: '4' }],
      ['a 100.00', 'b 4.00', 'c 10.40'],
    ],
    [
      'or one with those they build on, which comes last',
      [{ id: 'l', rules: ['a', 'b'], per: 'case', most: '105' }],
      ['a 100.00', 'b 5.00', 'c 10.50'],
    ],
  ])('%s', ([, limits, expected]) => {
    expect(amounts([a, b, c], cuts, { limits })).toEqual(expected);
  });

  it('and are not owed where nothing is', () => {
    const none = rule({ id: 'a', ...when({ above: [hours, '9'] }) });
    const result = assessed(compiled(schemeOf([none, b])), { interruptions: cuts });
    expect(result.notOwed).toEqual([
      { rule: 'a', reason },
      { rule: 'b', reason: 'amount_is_zero' },
    ]);
  });
});
