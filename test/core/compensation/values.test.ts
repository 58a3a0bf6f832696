import { describe, expect, it, test } from 'vitest';
import type { Assessment } from '../../../core/compensation/case.ts';
import { assessed, compiled, cut, type Json, paid, rule, schemeOf } from './example-scheme.ts';

const reason = 'no';
const hours = { elapsed: 'hour' };
const began = { date_of: { began: true } };
const noon = '2024-01-10T12:00:00Z';
const one = [cut(noon, 2, { id: 'a' })];

/** What one interruption of two hours is paid, or the refusal. */
function value(amount: unknown, more: Json = {}): string {
  const { scheme = {}, ...given } = more as { scheme?: Json } & Json;
  return paid([rule({ amount })], one, { scheme: { timeZone: 'UTC', ...scheme }, ...given });
}

/** Whether a condition holds for it. */
function holds(test_: unknown, more: Json = {}): boolean | string {
  const amount = value({ first: [{ when: test_, is: '1' }, { is: '2' }] }, more);
  return amount === '1.00' ? true : amount === '2.00' ? false : amount;
}

function resultOf(rules: Json[], scheme: Json = {}, given: Json = {}): Assessment {
  return assessed(compiled(schemeOf(rules, { timeZone: 'UTC', ...scheme })), {
    interruptions: one,
    ...given,
  });
}

const input = (group: string, name: string, spec: Json) => ({ inputs: { [group]: { [name]: spec } } });
const refusal = (path: string, code: string) => JSON.stringify([{ path, code }]);

describe('numbers', () => {
  const power = (of: string, to: string) => value({ multiply: ['1', { power: { of, to } }] });
  it('are raised to whole powers of up to a thousand, and of less than nothing', () => {
    expect([power('2', '10'), power('1', '1000'), power('4', '-1')]).toEqual(['1024.00', '1.00', '0.25']);
    expect(power('1', '1001')).toContain('not_a_whole_number');
    expect(power('4', '0.5')).toContain('not_a_whole_number');
    expect(power('0', '-1')).toContain('divided_by_zero');
    expect(value({ multiply: ['1', { add: ['1', { power: { of: '0', to: '1' } }] }] })).toBe('1.00');
  });

  it('are refused beyond two thousand digits, and not at them', () => {
    expect(power('0.01', '1000')).toContain('out_of_range');
    expect(
      value({ multiply: ['1', { power: { of: '12', to: '1000' } }, { power: { of: '12', to: '-1000' } }] }),
    ).toBe('1.00');
    const most = (to: string) => ({ multiply: [{ power: { of: '10', to } }, { power: { of: '10', to } }] });
    expect(value({ multiply: ['1', most('1000'), most('-1000')] })).toBe('1.00');
  });

  it('are the same in a band, in whatever order the bands stand', () => {
    const bands = [
      { from: '10', is: '3' },
      { from: '2', below: '10', is: '2' },
      { below: '2', is: '1' },
    ];
    const of = (hour: number) => paid([rule({ amount: { bands: { of: hours, bands } } })], [cut(noon, hour)]);
    expect([1.9, 2, 9.9, 10].map(of)).toEqual(['1.00', '2.00', '2.00', '3.00']);
  });

  it('at a border lie in the band that includes it, wherever it stands', () => {
    const bands = (...all: Json[]) => value({ bands: { of: hours, bands: all } });
    expect(bands({ above: '2', is: '9' }, { to: '2', is: '1' })).toBe('1.00');
    expect(bands({ from: '2', is: '9' }, { below: '2', is: '1' })).toBe('9.00');
    expect(bands({ to: '2', is: '1' }, { above: '2', is: '9' })).toBe('1.00');
  });

  it('at the end of a tier reach no further one', () => {
    const tiers = { of: hours, tiers: [{ to: '2', each: '3' }, { each: '5' }] };
    const line = resultOf([rule({ amount: { tiers } })]).trace.find(({ op }) => op === 'tiers');
    expect(line).toMatchObject({ inputs: ['2', '2', '3'], value: '6' });
  });

  it('outside every band are what else says, which the trace names', () => {
    const bands = { of: hours, bands: [{ from: '1', below: '2', is: '1' }], else: '7' };
    const line = resultOf([rule({ amount: { bands } })]).trace.find(({ op }) => op === 'bands');
    expect(line).toMatchObject({ inputs: ['2', 'else'], value: '7' });
    const first = { of: hours, bands: [{ below: '3', is: '1' }], else: '7' };
    expect(
      resultOf([rule({ amount: { bands: first } })]).trace.find(({ op }) => op === 'bands'),
    ).toMatchObject({
      inputs: ['2', '0'],
    });
  });

  it('of a parameter lie between its ends, which count in', () => {
    const scheme = (ends: Json) => ({
      parameters: { p: { type: 'number', title: { 'zh-CN': '示例', en: 'example' }, ...ends } },
    });
    const of = (p: unknown, ends: Json) =>
      value({ parameter: 'p' }, { scheme: scheme(ends), parameters: { p } });
    expect(['1', '9'].map((p) => of(p, { min: '1', max: '9' }))).toEqual(['1.00', '9.00']);
    expect(['0.99', '9.01'].map((p) => of(p, { min: '1', max: '9' }))).toEqual(
      Array(2).fill(refusal('parameters/p', 'out_of_range')),
    );
    expect([of('5', { min: '1' }), of('5', { max: '9' }), of(5, {})]).toEqual(Array(3).fill('5.00'));
    expect([5.5, '5e3', null].map((p) => of(p, {}))).toEqual([
      refusal('parameters/p', 'not_a_decimal_string'),
      refusal('parameters/p', 'not_a_decimal_string'),
      refusal('parameters/p', 'missing_input'),
    ]);
  });
});

describe('a value by date', () => {
  const fee = (fees: unknown, on?: string) =>
    value(
      { premises: on === undefined ? 'fee' : { name: 'fee', on } },
      {
        scheme: input('premises', 'fee', { type: 'number', unit: 'money' }),
        premises: { fee: fees },
      },
    );
  const both = [
    { from: '2024-01-10', value: '3' },
    { from: '2024-01-01', value: '2' },
  ];
  it('of which there are two is the first in the list', () => {
    const two = [...both, { from: '2024-01-10', value: '4' }];
    expect(fee(two)).toBe('3.00');
  });

  it('is in force from its day on, wherever it stands in the list', () => {
    expect([fee(both), fee(both.toReversed()), fee(both, '2024-01-09')]).toEqual(['3.00', '3.00', '2.00']);
    expect(fee(both, '2023-12-31')).toBe(refusal('premises/fee', 'missing_input'));
  });
});

describe('conditions', () => {
  const tariff = { scheme: input('premises', 'tariff', { type: 'text' }), premises: { tariff: '2' } };
  test.for<[unknown, Json, boolean]>([
    [{ one_of: [{ premises: 'tariff' }, '1', '2'] }, tariff, true],
    [{ one_of: [{ premises: 'tariff' }, '1', '3'] }, tariff, false],
    [{ one_of: [{ premises: 'tariff' }, '2'] }, tariff, true],
    [{ one_of: [{ interruption: 'phases' }, 'A', 'ABC'] }, {}, true],
    [{ equals: [{ premises: 'tariff' }, '2'] }, tariff, true],
    [{ equals: ['2', { premises: 'tariff' }] }, tariff, true],
    [{ equals: ['2', { premises: 'tariff' }] }, { ...tariff, premises: { tariff: '2.0' } }, false],
    [{ at_least: [began, '2024-01-10'] }, {}, true],
    [{ at_most: [began, '2024-01-10'] }, {}, true],
    [{ above: [began, '2024-01-10'] }, {}, false],
    [{ below: [began, '2024-01-10'] }, {}, false],
    [{ above: [began, '2024-01-09'] }, {}, true],
    [{ below: [began, '2024-01-11'] }, {}, true],
    [{ at_least: [{ began: true }, { began: true }] }, {}, true],
    [{ above: [{ ended: true }, { began: true }] }, {}, true],
    [{ above: [{ began: true }, { ended: true }] }, {}, false],
    [{ at_most: [{ began: true }, { ended: true }] }, {}, true],
    [{ equals: [{ time_of_day: { began: true } }, '12'] }, {}, true],
    [{ in_season: { from: '01-10', to: '01-31', on: began } }, {}, true],
    [{ in_season: { from: '01-01', to: '01-10', on: began } }, {}, true],
    [{ in_season: { from: '01-10', to: '01-10', on: began } }, {}, true],
    [{ in_season: { from: '02-01', to: '02-01', on: began } }, {}, false],
    [{ in_season: { from: '01-11', to: '01-31', on: began } }, {}, false],
    [{ in_season: { from: '11-01', to: '01-10', on: began } }, {}, true],
    [{ in_season: { from: '01-10', to: '01-01', on: began } }, {}, true],
    [{ in_season: { from: '11-01', to: '01-09', on: began } }, {}, false],
    [{ equals: [{ latest: [{ ended: true }, { began: true }] }, { ended: true }] }, {}, true],
    [{ equals: [{ earliest: [{ ended: true }, { began: true }] }, { began: true }] }, {}, true],
    [{ equals: [{ latest: ['2024-01-02', '2024-01-03', '2024-01-01'] }, '2024-01-03'] }, {}, true],
    [{ equals: [{ earliest: ['2024-01-02', '2024-01-03', '2024-01-01'] }, '2024-01-01'] }, {}, true],
  ])('%j', ([condition, more, expected]) => {
    expect(holds(condition, more)).toBe(expected);
  });

  it('hours of the clock have minutes, and half an hour’s zone its own', () => {
    const evening = { elapsed_between: { unit: 'minute', from: '12:30', to: '13:15' } };
    expect(value({ multiply: ['1', evening] })).toBe('45.00');
    expect(
      value({ multiply: ['1', { time_of_day: { began: true } }] }, { scheme: { timeZone: 'Asia/Kolkata' } }),
    ).toBe('17.50');
  });

  it('stretches of the clock’s hours are told once, none of no length', () => {
    const inside = (from: string, to: string) =>
      resultOf([
        rule({ amount: { multiply: ['1', { elapsed_between: { unit: 'hour', from, to } }] } }),
      ]).trace.find(({ op }) => op === 'elapsed_between')?.inputs;
    expect(inside('12:00', '14:00')).toEqual([
      'hour',
      `${noon.replace('Z', '.000Z')}/2024-01-10T14:00:00.000Z`,
    ]);
    expect(inside('14:00', '15:00')).toEqual(['hour']);
    expect(inside('11:00', '12:00')).toEqual(['hour']);
  });
});

describe('dates', () => {
  const months = (from: string, to: string, count: string) =>
    value({ multiply: ['1', { add: ['1', { months_between: { from, to, count } }] }] });
  test.for<[string, string, string, string]>([
    ['2024-01-31', '2024-02-29', 'completed', '2.00'],
    ['2024-01-31', '2024-02-28', 'completed', '1.00'],
    ['2024-01-31', '2024-02-28', 'started', '2.00'],
    ['2024-01-31', '2024-02-29', 'started', '2.00'],
    ['2024-01-31', '2024-01-31', 'started', '1.00'],
    ['2024-01-31', '2024-01-01', 'started', '1.00'],
    ['2024-01-31', '2023-01-01', 'completed', '1.00'],
    ['2023-11-15', '2025-02-14', 'completed', '15.00'],
    ['2023-11-15', '2025-02-14', 'started', '16.00'],
  ])('months from %s to %s, %s, and one: %s', ([from, to, count, expected]) => {
    expect(months(from, to, count)).toBe(expected);
  });

  it('end where four digits end, and begin with the first year', () => {
    const given = (at: string) => ({
      scheme: input('facts', 'at', { type: 'instant' }),
      facts: { at },
    });
    const plus = (by: string) => ({
      at_least: [{ plus: { to: { fact: 'at' }, hours: by } }, { fact: 'at' }],
    });
    const out = refusal('/versions/0/rules/0/amount/first/0/when/at_least/0/plus', 'out_of_range');
    expect(holds(plus('24'), given('9999-12-28T23:59:59.999Z'))).toBe(true);
    expect(holds(plus('24'), given('9999-12-29T00:00:00Z'))).toBe(out);
    expect(holds(plus('-24'), given('0001-01-03T00:00:00.001Z'))).toBe(false);
    expect(holds(plus('-24'), given('0001-01-03T00:00:00Z'))).toBe(out);
  });
});

describe('working days', () => {
  const fact = {
    scheme: {
      calendars: { work: { holidays: ['2024-01-11'], fact: 'closed' } },
      ...input('facts', 'closed', { type: 'list' }),
    },
  };
  const third = { plus: { to: began, working_days: '2' } };
  const dueOn = (more: Json) => {
    const { scheme = {}, ...given } = more as { scheme?: Json } & Json;
    const result = resultOf([rule({ due: third })], scheme, given);
    return result.entitlements[0]?.due ?? result.refused;
  };
  it('are fewer by holidays that the case names', () => {
    expect(dueOn({ ...fact, facts: { closed: [] } })).toBe('2024-01-15');
    expect(dueOn({ ...fact, facts: { closed: ['2024-01-12', '2024-01-15'] } })).toBe('2024-01-17');
    expect(dueOn({ ...fact, facts: {} })).toEqual([{ path: 'facts/closed', code: 'missing_input' }]);
    for (const closed of ['2024-01-12', ['2024-01-12', '2024-02-30'], ['2024-01-12', 5]])
      expect(dueOn({ ...fact, facts: { closed } })).toEqual([
        { path: 'facts/closed', code: 'not_a_list_of_dates' },
      ]);
  });

  const isWorked = { working_day: { on: began } };
  const calendar = (work: Json) => ({ scheme: { calendars: { work: { holidays: [], ...work } } } });
  it('are known on the first and the last day of a calendar', () => {
    expect(holds(isWorked, calendar({ from: '2024-01-10' }))).toBe(true);
    expect(holds(isWorked, calendar({ to: '2024-01-10' }))).toBe(true);
    expect(holds(isWorked, calendar({ from: '2024-01-11' }))).toContain('calendar_ends');
    expect(holds(isWorked, calendar({ to: '2024-01-09' }))).toContain('calendar_ends');
  });

  it('the office opens again when it has closed, not before', () => {
    const opens = (working: [string, string], work: Json = {}) =>
      resultOf(
        [rule({ amount: '1', due: { date_of: { opening: { at: { began: true }, working, other: null } } } })],
        calendar(work).scheme,
      );
    expect(opens(['08:00', '12:00']).entitlements[0]?.due).toBe('2024-01-11');
    expect(opens(['08:00', '12:01']).entitlements[0]?.due).toBe('2024-01-10');
    expect(opens(['12:00', '18:00']).entitlements[0]?.due).toBe('2024-01-10');
    const never = { weekend: [1, 2, 3, 4, 5, 6, 7] };
    const last = opens(['08:00', '12:00'], { ...never, workdays: ['2025-02-12'] });
    expect(last.entitlements[0]?.due).toBe('2025-02-12');
    const beyond = opens(['08:00', '12:00'], { ...never, workdays: ['2025-02-13'] });
    expect(beyond.refused).toMatchObject([{ code: 'calendar_ends' }]);
  });
});

describe('an application', () => {
  const claimed = (at: string, facts: Json = {}) => {
    const claim = { automatic: false, applied: 'on', until: { plus: { to: began, days: '10' } } };
    const scheme = input('facts', 'on', { type: 'date', optional: true });
    const result = resultOf([rule({ claim })], scheme, { at, facts });
    return result.notOwed[0]?.reason ?? result.total.amount;
  };
  it('can still be made on the last day', () => {
    expect(claimed('2024-01-20T23:59:00Z')).toBe('not_applied');
    expect(claimed('2024-01-21T00:00:00Z')).toBe('claim_window_passed');
    expect(claimed('2024-02-21T00:00:00Z', { on: '2024-01-20' })).toBe('2.00');
    expect(claimed('2024-02-21T00:00:00Z', { on: '2024-01-21' })).toBe('applied_late');
  });
});

describe('shares and lists', () => {
  const shared = (weights: unknown, id = 'a', equal = false) =>
    value(
      { allocate: { total: '100', weights: 'w', to: { premises: 'id' }, equal } },
      {
        scheme: {
          inputs: { premises: { id: { type: 'text' } }, facts: { w: { type: 'weights' } } },
        },
        premises: { id },
        facts: weights === undefined ? {} : { w: weights },
      },
    );
  it('serve equal remainders by id, whatever the order of the case', () => {
    expect(['a', 'b', 'c'].map((id) => shared({ c: '1', b: '1', a: '1' }, id))).toEqual([
      '33.34',
      '33.33',
      '33.33',
    ]);
    expect([shared({ b: '3', a: '1' }), shared({ b: '3', a: '1' }, 'a', true)]).toEqual(['25.00', '50.00']);
  });

  it('may weigh nothing, but not all of them', () => {
    expect([shared({ a: '0', b: '1' }), shared({ a: '2', b: '0' })]).toEqual(['0.00', '100.00']);
    expect(shared({ a: '0', b: '0' })).toBe(refusal('facts/w', 'weights_are_zero'));
    expect(shared({ a: '-1', b: '2' })).toBe(refusal('facts/w/a', 'not_a_decimal_string'));
    expect(shared(undefined)).toBe(refusal('facts/w', 'missing_input'));
    expect(shared('5')).toBe(refusal('facts/w', 'not_weights'));
    expect(shared({ b: '1' })).toBe(refusal('facts/w/a', 'missing_input'));
  });

  it('of an amount no one could count are refused', () => {
    expect(
      value(
        { allocate: { total: '90071992547409.92', weights: 'w', to: 'a' } },
        { scheme: input('facts', 'w', { type: 'weights' }), facts: { w: { a: '1' } } },
      ),
    ).toContain('out_of_range');
  });

  const list = (spec: Json, items: unknown, more: Json = {}) =>
    value(
      { sum_list: { in: 'items', is: { entry: 'price' }, ...more } },
      {
        scheme: input('facts', 'items', { type: 'list', ...spec }),
        facts: items === undefined ? {} : { items },
      },
    );
  const items = [
    { price: '2', kind: 'food' },
    { price: '5', kind: 'medicine' },
  ];
  it('sum the entries that are meant', () => {
    expect(list({}, items)).toBe('7.00');
    expect(list({}, items, { where: { equals: [{ entry: 'kind' }, 'food'] } })).toBe('2.00');
    expect(list({}, items, { where: { at_most: ['5', { entry: 'price' }] } })).toBe('5.00');
    expect(list({}, items, { where: { at_least: [{ entry: 'price' }, '5'] } })).toBe('5.00');
  });

  it('may be absent only where the scheme says so', () => {
    expect(list({ optional: true }, undefined)).toBe('0.00');
    expect(list({}, undefined)).toBe(refusal('facts/items', 'missing_input'));
    expect(list({ optional: true }, '5')).toBe(refusal('facts/items', 'not_a_list'));
    expect(list({}, [{ price: '2' }, 5])).toBe(refusal('facts/items', 'not_a_list'));
    expect(list({}, [{ price: '2' }, {}])).toBe(refusal('facts/items/price', 'missing_input'));
  });

  it('two payers: a share of nothing is no entitlement, and shares below nothing are refused', () => {
    const of = (...shares: string[]) => {
      const payer = shares.map((share, i) => ({ payer: `p${i}`, share }));
      const result = resultOf([rule({ payer })]);
      return (
        result.refused ??
        result.entitlements.map((entitlement) => `${entitlement.payer} ${entitlement.amount}`)
      );
    };
    expect(of('1', '0', '3')).toEqual(['p0 0.50', 'p2 1.50']);
    expect([of('1', '-1'), of('0', '0')]).toEqual(
      Array(2).fill([{ path: '/versions/0/rules/0/payer', code: 'weights_are_zero' }]),
    );
  });
});

describe('a decision', () => {
  const decided = (decisions: unknown) =>
    value(
      { decision: { name: 'goodwill', else: '1' } },
      { facts: decisions === undefined ? {} : { decisions } },
    );
  it('stands with its reason in place of the rule', () => {
    expect(decided({ goodwill: { value: '7', reason: 'burst pipe' } })).toBe('7.00');
    expect([decided(undefined), decided({}), decided({ goodwill: null })]).toEqual(Array(3).fill('1.00'));
    expect(decided({ goodwill: { value: '7' } })).toBe(
      refusal('facts/decisions/goodwill/reason', 'missing_input'),
    );
    expect(decided({ goodwill: { reason: 'burst pipe' } })).toBe(
      refusal('facts/decisions/goodwill/value', 'missing_input'),
    );
  });

  it('may be a word', () => {
    const rules = [rule({ payee: { decision: { name: 'who', else: 'owner' } } })];
    const payee = (facts: Json) => resultOf(rules, {}, { facts }).entitlements[0]?.payee;
    expect(payee({})).toBe('owner');
    expect(payee({ decisions: { who: { value: 'tenant', reason: 'asked for' } } })).toBe('tenant');
  });
});

describe('what nobody has verified', () => {
  const title = { 'zh-CN': '示例', en: 'example' };
  const parameters = { p: { type: 'number', title, unit: 'money', default: '3', unverified: 'a guess' } };
  it('stands beside the amounts that rest on it, and no others', () => {
    const rules = [
      rule({ id: 'a', amount: { parameter: 'p' } }),
      rule({ id: 'b', unverified: 'from memory' }),
      rule({ id: 'c', unverified: 'from memory', exclude: [{ if: { below: [hours, '9'] }, reason }] }),
      rule({ id: 'd' }),
    ];
    const result = resultOf(rules, { parameters });
    expect(result.entitlements.map(({ rule: id, unverified }) => [id, unverified])).toEqual([
      ['a', ['parameters/p']],
      ['b', ['versions/0/rules/1']],
      ['d', undefined],
    ]);
    expect(result.unverified.map(({ path }) => path)).toEqual(['parameters/p', 'versions/0/rules/1']);
    expect(resultOf(rules.slice(0, 1), { parameters }, { parameters: { p: '3' } }).unverified).toEqual([]);
  });

  it('says whether a parameter was given or stands by its default', () => {
    const op = (given: Json) =>
      resultOf([rule({ amount: { parameter: 'p' } })], { parameters }, given).trace.find(({ path }) =>
        path.endsWith('/parameter'),
      )?.op;
    expect([op({}), op({ parameters: { p: '3' } }), op({ facts: { p: '3' } })]).toEqual([
      'default',
      'parameter',
      'parameter',
    ]);
  });

  it('says where an input was taken from', () => {
    const inputs = { inputs: { premises: { a: { type: 'number' } }, facts: { b: { type: 'number' } } } };
    const amount = { add: [{ premises: 'a' }, { fact: 'b' }] };
    const { trace } = resultOf([rule({ amount })], inputs, { premises: { a: '1' }, facts: { b: '2' } });
    expect(trace.filter(({ inputs: [name] }) => name === 'a' || name === 'b').map(({ op }) => op)).toEqual([
      'premises',
      'fact',
    ]);
  });

  it('an input is doubtful as long as it stands by its default', () => {
    const spec = (more: Json) => input('premises', 'fee', { type: 'number', unverified: 'a guess', ...more });
    const doubts = (more: Json, premises: Json) =>
      resultOf([rule({ amount: { premises: 'fee' } })], spec(more), { premises }).unverified.length;
    expect(doubts({ default: '5' }, {})).toBe(1);
    expect(doubts({ default: '5' }, { fee: '5' })).toBe(0);
    expect(doubts({}, { fee: '5' })).toBe(1);
  });

  it('a version, and two texts that contradict each other, concern every amount', () => {
    const version = { unverified: 'a draft', conflict: { note: 'two texts.', chosen: 'the first' } };
    const scheme = compiled(schemeOf([rule({ id: 'a' }), rule({ id: 'b' })], {}, version));
    const result = assessed(scheme, { interruptions: one });
    expect(result.entitlements.map(({ unverified }) => unverified)).toEqual(
      Array(2).fill(['versions/0/conflict', 'versions/0']),
    );
  });
});

it('several rules together no one could count are refused', () => {
  const much = (id: string) => rule({ id, amount: '90071992547409.91' });
  expect(resultOf([much('a')]).total.amount).toBe('90071992547409.91');
  expect(resultOf([much('a'), much('b')]).refused).toEqual([{ path: 'total', code: 'out_of_range' }]);
  expect(resultOf([rule({ amount: '90071992547409.92' })]).refused).toMatchObject([{ code: 'out_of_range' }]);
});
