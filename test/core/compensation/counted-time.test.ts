import { describe, expect, it, test } from 'vitest';
import type { Assessment } from '../../../core/compensation/case.ts';
import { minutesText } from '../../../core/compensation/minutes.ts';
import { assessed, compiled, cut, type Json, paid, rule, schemeOf } from './example-scheme.ts';

const hours = { elapsed: 'hour' };
const reason = 'no';
const when = (test_: unknown): Json => ({ require: [{ if: test_, reason }] });
const BASE = Date.parse('2024-01-10T00:00:00Z');
const time = (hour: number) => new Date(BASE + hour * 3_600_000).toISOString();
/** An interruption from one hour to another after a midnight. */
const off = (from: number, to: number, change: Json = {}): Json => cut(time(from), to - from, change);
const utc = { scheme: { timeZone: 'UTC' } };
const joins = (below: string, between = 'does_not_count'): Json => ({ merge: { gap_h: { below }, between } });
const periods = (change: Json) => ({ periods: { hours: '24', count: 'started', ...change } });
const times = (of: unknown) => ({ multiply: ['1', of] });
const stops = { scheme: { ...utc.scheme, inputs: { interruption: { x: { type: 'intervals' } } } } };

type Row = [name: string, rules: Json[], cuts: Json[], more: Json, expected: string];

function resultOf(rules: Json[], cuts: Json[], more: Json = utc): Assessment {
  const { scheme = {}, ...given } = more as { scheme?: Json } & Json;
  return assessed(compiled(schemeOf(rules, scheme)), { interruptions: cuts, ...given });
}

/** What the trace says a rule did with minutes. */
function minutesOf(result: Assessment): string[] {
  return result.trace
    .filter(({ op }) => op.endsWith('_minutes'))
    .map(({ rule: of, part, op, inputs, value }) =>
      [of, part, op.replace('_minutes', ''), value, ...inputs].filter((one) => one !== undefined).join(' '),
    );
}

describe('a minute counts once', () => {
  test.for<Row>([
    [
      'under the interruption that began first, over three in a row',
      [rule()],
      [off(0, 10), off(2, 11), off(5, 12)],
      utc,
      '12.00',
    ],
    ['so that the same one told twice is one', [rule({ amount: '5' })], [off(0, 4), off(0, 4)], utc, '5.00'],
    ['and one inside another is none', [rule({ amount: '5' })], [off(0, 4), off(1, 4)], utc, '5.00'],
    ['nor is one that took no time', [rule({ amount: '5' })], [off(0, 4), off(6, 6)], utc, '5.00'],
    [
      'of two that begin together the one with the smaller id is first',
      [rule({ amount: '10' })],
      [off(0, 5, { id: 'b' }), off(0, 2, { id: 'a' })],
      utc,
      '20.00',
    ],
    [
      'whatever their order in the case',
      [rule({ amount: '10' })],
      [off(0, 2, { id: 'a' }), off(0, 5, { id: 'b' })],
      utc,
      '20.00',
    ],
    [
      'in the order of time, not of the case',
      [rule({ per: { window: { days: 90 }, pays: 'then_reset' }, ...when({ at_least: [hours, '6'] }) })],
      [off(300, 302), off(200, 205), off(0, 2)],
      utc,
      '7.00',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });
});

describe('merged interruptions', () => {
  const each = { amount: '5' };
  test.for<Row>([
    [
      'reach to the latest end, not to that of the last',
      [rule({ ...joins('2'), ...each })],
      [off(0, 10), off(2, 4), off(11, 12)],
      utc,
      '5.00',
    ],
    [
      'bridge no time that is counted already',
      [rule(joins('2', 'counts'))],
      [off(0, 10), off(2, 4), off(11, 12)],
      utc,
      '12.00',
    ],
    [
      'are one where they touch, whatever the gap',
      [rule({ ...joins('0'), ...each })],
      [off(0, 2), off(2, 4)],
      utc,
      '5.00',
    ],
    ['are two where they do not', [rule({ ...joins('0'), ...each })], [off(0, 2), off(3, 4)], utc, '10.00'],
    [
      'are put in the order of time before free hours come off',
      [
        rule({
          ...joins('2'),
          clock: { stops: [{ intervals: 'x', reason }], free_h: '4', free: 'deducted' },
          amount: times({ elapsed_between: { unit: 'hour', from: '03:00', to: '04:00' } }),
        }),
      ],
      [off(0, 10, { x: [{ from: time(3), to: time(5) }] }), off(2, 6, { x: [] })],
      stops,
      '0.00',
    ],
    [
      'lose free hours over several stretches',
      [rule({ ...joins('2'), clock: { free_h: '3', free: 'deducted' } })],
      [off(0, 2), off(3, 5)],
      utc,
      '1.00',
    ],
    [
      'are longest as they stand in the ledger, entries that touch being one',
      [rule({ ...joins('3', 'counts'), amount: times({ longest: 'hour' }) })],
      [off(0, 2), off(2, 4), off(5, 8)],
      utc,
      '4.00',
    ],
    [
      'and the longest need not be the first',
      [rule({ ...joins('3'), amount: times({ longest: 'hour' }) })],
      [off(0, 2), off(3, 8)],
      utc,
      '5.00',
    ],
    [
      'nor reach less far because another lies inside it',
      [rule({ ...joins('3'), amount: times({ longest: 'hour' }) })],
      [off(0, 6), off(1, 2), off(6, 7)],
      utc,
      '7.00',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });

  const due = { due: { plus: { to: { date_of: { ended: true } }, days: '1' } } };
  it('end when the last of them ends', () => {
    const result = resultOf([rule({ ...joins('2'), ...due })], [off(0, 30), off(2, 4)]);
    expect(result.entitlements[0]?.due).toBe('2024-01-12');
  });

  it('are not due while one of them is open', () => {
    const cuts = [off(0, 10), { from: time(11), to: null }];
    const result = resultOf([rule({ ...joins('2'), ...due })], cuts, { ...utc, at: time(13) });
    expect(result.entitlements).toMatchObject([{ amount: '12.00', due: null }]);
  });
});

describe('the clock', () => {
  const at = (after: string) => ({ plus: { to: { began: true }, hours: after } });
  test.for<[string, Json, string]>([
    ['ends when the scheme says', { end: at('2') }, '2.00'],
    ['no later than supply is back', { end: at('9') }, '5.00'],
    ['starts no earlier than it was lost', { start: at('-3') }, '5.00'],
    ['starts and ends', { start: at('1'), end: at('3') }, '2.00'],
    ['and counts nothing where it ends first', { start: at('3'), end: at('1') }, '0.00'],
  ])('%s', ([, clock, expected]) => {
    expect(paid([rule({ clock })], [off(0, 5)], utc)).toBe(expected);
  });

  it('says what it left out, before and after', () => {
    const clock = { start: at('1'), end: at('3') };
    expect(minutesOf(resultOf([rule({ clock })], [off(0, 5, { id: 'a' })]))).toEqual([
      'r a ledger 300',
      'r a counted 120 before_clock 60 after_clock 120',
      'r added 0',
    ]);
  });
});

describe('free hours', () => {
  const free = (free_h: string) => rule({ clock: { free_h, free: 'deducted' }, amount: '5' });
  it('that take all leave nothing to pay for', () => {
    expect([paid([free('2')], [off(0, 2)], utc), paid([free('2')], [off(0, 2.01)], utc)]).toEqual([
      '0.00',
      '5.00',
    ]);
  });
});

describe('periods', () => {
  // From noon to noon, over the end of January: two begin in January, one in February.
  const border = [cut('2024-01-30T12:00:00Z', 72)];
  test.for<Row>([
    [
      'belong to the month in which they begin',
      [rule({ per: 'month', ...when({ above: [periods({}), '1'] }), amount: times(periods({})) })],
      border,
      utc,
      '2.00',
    ],
    [
      'and to no other',
      [rule({ per: 'month', ...when({ below: [periods({}), '2'] }), amount: times(periods({})) })],
      border,
      utc,
      '1.00',
    ],
    [
      'that are completed only in the next month too',
      [rule({ per: 'month', amount: times(periods({ count: 'completed', hours: '48' })) })],
      [cut('2024-01-30T12:00:00Z', 71.9)],
      utc,
      '1.00',
    ],
    [
      'are no more than most, and none before after',
      [rule({ amount: times(periods({ after: '48', most: '2' })) })],
      [off(0, 120)],
      utc,
      '2.00',
    ],
    [
      'are none where the time after which they count is not reached',
      [rule({ amount: times(periods({ after: '48', count: 'completed' })) })],
      [off(0, 12)],
      utc,
      '0.00',
    ],
    [
      'that are prorated are no more than most either',
      [rule({ amount: times(periods({ hours: '4', count: 'prorated', after: '1', most: '2' })) })],
      [off(0, 20)],
      utc,
      '2.00',
    ],
    [
      'and as many as there are before that',
      [rule({ amount: times(periods({ hours: '4', count: 'prorated', after: '1', most: '2' })) })],
      [off(0, 7)],
      utc,
      '1.50',
    ],
    [
      'tell what is left out before anything is counted',
      [
        rule({
          exclude: [{ if: { below: [periods({ hours: '2', count: 'completed' }), '2'] }, reason }],
        }),
      ],
      [off(0, 3), off(10, 14)],
      utc,
      '4.00',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });
});

describe('parts', () => {
  const rate = {
    scheme: {
      ...utc.scheme,
      series: {
        rate: {
          unit: 'money',
          values: [
            { from: '2024-01-01', value: '1' },
            { from: '2024-02-01', value: '10' },
          ],
        },
      },
    },
  };
  const days = [cut('2024-01-31T20:00:00Z', 8), cut('2024-02-10T08:00:00Z', 1)];
  const twice = when({ at_least: [{ count: true }, '2'] });

  test.for<Row>([
    [
      'of the case have the date of its first day',
      [rule({ per: 'case', amount: { series: 'rate' } })],
      days,
      rate,
      '1.00',
    ],
    ['that are paid once too', [rule({ per: 'once', amount: { series: 'rate' } })], days, rate, '1.00'],
    [
      'by the start keep two apart that end in one month',
      [rule({ per: { period: 'month', by: 'start' }, ...twice, amount: '10' })],
      days,
      utc,
      '0.00',
    ],
    [
      'by the end join them',
      [rule({ per: { period: 'month', by: 'end' }, ...twice, amount: '10' })],
      days,
      utc,
      '10.00',
    ],
    [
      'of a group are those of one value',
      [rule({ per: { group: { interruption: 'cause' } }, ...twice, amount: '7' })],
      [off(0, 1, { cause: 'cable' }), off(5, 6, { cause: 'fuse' }), off(9, 10, { cause: 'cable' })],
      utc,
      '7.00',
    ],
    [
      'of a day begin with its first minute without supply and end with its last',
      [
        rule({
          per: { period: 'day', by: 'time' },
          amount: {
            subtract: [times({ time_of_day: { ended: true } }), times({ time_of_day: { began: true } })],
          },
        }),
      ],
      [off(3, 4), off(8, 10.5)],
      utc,
      '7.50',
    ],
    [
      'count each of their interruptions by itself, at least so long',
      [rule({ per: 'case', amount: times({ elapsed: { unit: 'hour', least: '1' } }) })],
      [off(0, 0.5), off(3, 5)],
      utc,
      '3.00',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });

  it('are due from the end of the last of them, and not while one is open', () => {
    const due = rule({ due: { date_of: { ended: true } } });
    const dueOf = (cuts: Json[]) => resultOf([due], cuts, { ...utc, at: time(100) }).entitlements[0]?.due;
    expect(dueOf([off(0, 2), off(30, 31)])).toBe('2024-01-11');
    expect(dueOf([off(0, 2), { from: time(30), to: null }])).toBeNull();
  });

  it('name themselves in the trace, and the interruptions they look at', () => {
    const many = { count: { where: { at_least: [hours, '1'] } } };
    const looked = (per: string) =>
      resultOf([rule({ per, amount: times(many) })], [off(0, 2, { id: 'a' })])
        .trace.filter(({ op }) => op === 'at_least')
        .map(({ part }) => part);
    expect([looked('interruption'), looked('case')]).toEqual([['a'], ['case/a']]);
    const february = [cut('2024-02-10T08:00:00Z', 24)];
    const share = rule({ amount: times({ divide: ['29', { days_in_month: true }] }) });
    expect(resultOf([share], february).trace.find(({ op }) => op === 'days_in_month')?.inputs).toEqual([
      '2024-02',
    ]);
  });

  it('that are paid once are due from the end of the last interruption', () => {
    const due = { date_of: { ended: true } };
    const result = resultOf([rule({ per: 'once', amount: '1', due })], days);
    expect(result.entitlements[0]?.due).toBe('2024-02-10');
  });

  it('that are paid once have no longest where there was no interruption', () => {
    const result = resultOf([rule({ per: 'once', amount: times({ longest: 'hour' }) })], []);
    expect(result.notOwed).toEqual([{ rule: 'r', reason: 'amount_is_zero' }]);
  });

  it('are none without an interruption', () => {
    expect(resultOf([rule()], []).notOwed).toEqual([{ rule: 'r', reason: 'no_interruption' }]);
  });
});

describe('windows', () => {
  const second = (window: Json) =>
    rule({ per: { window, pays: 'every' }, ...when({ at_least: [{ count: true }, '2'] }), amount: '5' });
  const on = (...days: string[]) => days.map((day) => cut(`${day}T06:00:00Z`, 13));
  test.for<[string, Json, string[], string]>([
    ['of days hold the 29th after the first', { days: 30 }, ['2024-01-01', '2024-01-30'], '5.00'],
    ['and not the 30th', { days: 30 }, ['2024-01-01', '2024-01-31'], '0.00'],
    ['of a year begin with its first day', { year_starting: '07-01' }, ['2024-07-01', '2024-07-02'], '5.00'],
    ['and not before', { year_starting: '07-01' }, ['2024-06-30', '2024-07-01'], '0.00'],
  ])('%s', ([, window, days, expected]) => {
    expect(paid([second(window)], on(...days), utc)).toBe(expected);
  });

  it('take off only what was paid in the same one', () => {
    const grows = rule({ per: { window: { year_starting: '01-01' }, pays: 'increase' } });
    expect(paid([grows], on('2024-03-01', '2024-04-01', '2025-03-01'), utc)).toBe('39.00');
  });

  const versions = (rules: Json[]) => [
    { from: '2024-01-01', to: '2024-06-30', rules },
    { from: '2024-07-01', to: null, rules },
  ];
  test.for<[string, Json, Json, string]>([
    ['a window', { window: { months: 12 }, pays: 'every' }, {}, '5.00'],
    ['a year by the start', { period: 'year', by: 'start' }, {}, '5.00'],
    ['but time that is cut at a year’s border', { period: 'year', by: 'time' }, {}, '0.00'],
    ['nor the case', {}, { per: 'case' }, '0.00'],
  ])('look back over versions: %s', ([, per, change, expected]) => {
    const two = { ...second({ months: 12 }), per, ...change };
    expect(paid([two], on('2024-05-01', '2024-08-01'), { scheme: { versions: versions([two]) } })).toBe(
      expected,
    );
  });
});

describe('versions', () => {
  const [old, new_] = [rule({ id: 'old', amount: '1' }), rule({ id: 'new', amount: '2' })];
  const change = (rest: Json = {}, limits: Json[] = []) => ({
    ...utc.scheme,
    versions: [
      { from: '2024-01-01', to: '2024-01-31', rules: [old], limits },
      { from: '2024-02-01', to: '2024-12-31', rules: [new_], limits },
    ],
    ...rest,
  });
  const ids = (result: Assessment) => result.entitlements.map(({ rule: id }) => id);
  const over = [cut('2024-01-31T20:00:00Z', 8)];

  it('go by the start unless the scheme says otherwise', () => {
    expect(ids(assessed(compiled(schemeOf([], change())), { interruptions: over }))).toEqual(['old']);
    const byEnd = compiled(schemeOf([], change({ versionBy: 'end' })));
    expect(ids(assessed(byEnd, { interruptions: over }))).toEqual(['new']);
  });

  it('by the end: what ends at midnight ended the day before', () => {
    const byEnd = compiled(schemeOf([], change({ versionBy: 'end' })));
    const until = (hours_: number) => ({ interruptions: [cut('2024-01-31T20:00:00Z', hours_)] });
    expect(ids(assessed(byEnd, until(4)))).toEqual(['old']);
    expect(ids(assessed(byEnd, until(4.001)))).toEqual(['new']);
  });

  it('are served in the order of time, whichever interruption comes first', () => {
    const limits = [{ id: 'l', per: 'case', most: '2' }];
    const byEnd = compiled(schemeOf([], change({ versionBy: 'end' }, limits)));
    const cuts = [cut('2024-01-30T20:00:00Z', 60), cut('2024-01-30T22:00:00Z', 2)];
    const result = assessed(byEnd, { interruptions: cuts });
    expect(result.trace.filter(({ op }) => op === 'version').map(({ value }) => value)).toEqual([
      'versions/0',
      'versions/1',
    ]);
  });

  it('without an interruption are that of the day, else the last', () => {
    const scheme = compiled(schemeOf([], change()));
    const used = (at: string) => assessed(scheme, { at }).trace.find(({ op }) => op === 'version')?.value;
    expect([used('2024-01-20T00:00:00Z'), used('2024-02-20T00:00:00Z')]).toEqual([
      'versions/0',
      'versions/1',
    ]);
    expect([used('1990-01-01T00:00:00Z'), used('2030-01-01T00:00:00Z')]).toEqual([
      'versions/1',
      'versions/1',
    ]);
  });

  it('before the first or after the last are refused', () => {
    const scheme = compiled(schemeOf([], change()));
    for (const day of ['2023-12-31', '2025-01-01'])
      expect(assessed(scheme, { interruptions: [cut(`${day}T08:00:00Z`, 1, { id: 'x' })] }).refused).toEqual([
        { path: 'interruptions/x/from', code: 'no_version_in_force' },
      ]);
  });
});

describe('the minutes of the trace', () => {
  it('are those counted and those left out, with reasons, and what a rule adds', () => {
    const started = rule({ amount: times({ periods: { hours: '2', count: 'started' } }) });
    const short = rule({ id: 's', exclude: [{ if: { below: [hours, '1'] }, reason: 'short' }], amount: '1' });
    expect(
      minutesOf(resultOf([started, short], [off(0, 2.5, { id: 'a' }), off(5, 5.5, { id: 'b' })])),
    ).toEqual([
      'r a ledger 150',
      'r a counted 150',
      'r b ledger 30',
      'r b counted 30',
      'r added 180',
      's a ledger 150',
      's a counted 150',
      's b ledger 30',
      's b counted 0 short 30',
      's added 0',
    ]);
  });

  it('are taken off the interruption they belong to', () => {
    const merged = rule({ ...joins('2', 'counts'), clock: { free_h: '3', free: 'deducted' } });
    expect(minutesOf(resultOf([merged], [off(0, 2, { id: 'a' }), off(3, 5, { id: 'b' })]))).toEqual([
      'r a ledger 120',
      'r a counted 0 free_allowance 120',
      'r b ledger 120',
      'r b counted 120',
      'r added 0',
    ]);
  });

  it.each([
    ['completed periods add none', { hours: '2', count: 'completed' }, '0'],
    ['nor started ones that are limited', { hours: '2', count: 'started', most: '9' }, '0'],
    ['those from later on add what they last beyond', { hours: '2', count: 'started', after: '1' }, '30'],
  ])('%s', (_, of, added) => {
    const result = resultOf([rule({ per: 'month', amount: times({ periods: of }) })], [off(0, 2.5)]);
    expect(minutesOf(result).at(-1)).toBe(`r added ${added}`);
  });

  it('of periods over a month’s end are those of each month', () => {
    const result = resultOf(
      [rule({ per: 'month', amount: times(periods({})) })],
      [cut('2024-01-30T12:00:00Z', 71)],
    );
    // January: two begin, 36 of 48 h; February: one, of which 24 - 1 h and the 12 h of the one before lie in it.
    expect(minutesOf(result).at(-1)).toBe(`r added ${12 * 60}`);
  });

  it('tell every stretch once, none of no length', () => {
    const told = (rules: Json[], cuts: Json[], more: Json = utc) =>
      resultOf(rules, cuts, more).trace.find(({ op }) => op === 'elapsed')?.inputs.length;
    expect(told([rule()], [off(0, 4)])).toBe(2);
    expect(told([rule(joins('1', 'counts'))], [off(0, 2), off(2, 4)])).toBe(3);
    const still = rule({ clock: { stops: [{ intervals: 'x', reason }] } });
    const moment = [off(0, 4, { x: [{ from: time(2), to: time(2) }] })];
    expect(told([still], moment, stops)).toBe(2);
    expect(paid([still], moment, stops)).toBe('4.00');
    expect(told([still], [off(0, 4, { x: [{ from: time(0), to: time(1) }] })], stops)).toBe(2);
    expect(told([still], [off(0, 4, { x: [{ from: time(3), to: time(4) }] })], stops)).toBe(2);
  });

  it('name the first of several that are longest', () => {
    const result = resultOf(
      [rule({ per: 'case', amount: times({ longest: 'hour' }) })],
      [off(0, 2), off(5, 7)],
    );
    expect(result.trace.find(({ op }) => op === 'longest')?.inputs).toEqual([
      'hour',
      `${time(0)}/${time(2)}`,
    ]);
  });
});

describe('stops of the clock that are not told', () => {
  it('are refused with their place, of an interruption or of the case', () => {
    const still = rule({ clock: { stops: [{ intervals: 'x', reason }] } });
    const of = (group: string) => ({
      scheme: { inputs: { [group]: { x: { type: 'intervals' } } } },
    });
    const refused = (group: string) => resultOf([still], [off(0, 2, { id: 'a' })], of(group)).refused;
    expect(refused('interruption')).toEqual([{ path: 'interruptions/a/x', code: 'missing_input' }]);
    expect(refused('facts')).toEqual([{ path: 'facts/x', code: 'missing_input' }]);
  });
});

it('minutes are told exactly: as a decimal, or as a fraction where there is none', () => {
  expect([0, 60_000, 90_000, 100_000].map(minutesText)).toEqual(['0', '1', '1.5', '5/3']);
});
