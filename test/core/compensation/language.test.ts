import { describe, expect, it, test } from 'vitest';
import { assessed, compiled, cut, type Json, paid, rule, schemeOf } from './example-scheme.ts';

const hours = { elapsed: 'hour' };
const reason = 'no';
const when = (test_: unknown): Json => ({ require: [{ if: test_, reason }] });
const merge = (gap: Json, between: string): Json => ({ merge: { gap_h: gap, between } });
const count = (where: unknown) => ({ count: { where } });
const long = { at_least: [hours, '12'] };
const ended = { date_of: { ended: true } };
const began = { date_of: { began: true } };
const january = '2024-01-10T08:00:00+01:00';

/** Friday the 12th is a holiday. */
const office: Json = { scheme: { calendars: { office: { holidays: ['2024-01-12'] } } } };
const between = (from: string, to: string, days: string) => ({
  elapsed_between: { unit: 'hour', from, to, days },
});

/** Interruptions of 13 h on these days of 2024. */
const on = (...days: string[]): Json[] =>
  days.map((day, i) => cut(`${day.length > 5 ? day : `2024-${day}`}T06:00:00Z`, 13, { id: `c${i}` }));

type Row = [name: string, rules: Json[], cuts: Json[], more: Json, expected: string];

describe('amounts', () => {
  test.for<Row>([
    [
      'a bonus for each further 12 h',
      [
        rule({
          amount: {
            add: ['100', { multiply: ['30', { periods: { hours: '12', count: 'completed', after: '24' } }] }],
          },
        }),
      ],
      [cut(january, 60)],
      {},
      '190.00',
    ],
    [
      'started periods, at most three',
      [rule({ amount: { multiply: ['7', { periods: { hours: '2', count: 'started', most: '3' } }] } })],
      [cut(january, 50)],
      {},
      '21.00',
    ],
    [
      'prorated periods after a start',
      [rule({ amount: { multiply: ['10', { periods: { hours: '4', count: 'prorated', after: '1' } }] } })],
      [cut(january, 4)],
      {},
      '7.50',
    ],
    [
      'tiers by the hour, the last without an end',
      [
        rule({
          amount: {
            tiers: { of: hours, tiers: [{ to: '2', each: '1' }, { to: '5', each: '3' }, { each: '10' }] },
          },
        }),
      ],
      [cut(january, 6.5)],
      {},
      '26.00',
    ],
    [
      'started half hours',
      [rule({ amount: { multiply: ['2', { elapsed: { unit: 'hour', started: '0.5' } }] } })],
      [cut(january, 1.26)],
      {},
      '3.00',
    ],
    [
      'a minimum payment and a maximum',
      [rule({ amount: { greatest: ['5', { least: [{ multiply: ['3', hours] }, '20'] }] } })],
      [cut(january, 1), cut('2024-02-10T08:00:00+01:00', 4), cut('2024-03-10T08:00:00+01:00', 40)],
      {},
      '37.00',
    ],
    [
      'half as much again for every repetition within the year',
      [
        rule({
          per: { window: { year_starting: '01-01' }, pays: 'every' },
          amount: { multiply: ['9', { power: { of: '1.5', to: { subtract: [{ count: true }, '1'] } } }] },
        }),
      ],
      on('02-01', '03-01', '04-01'),
      {},
      '42.75',
    ],
    [
      'hours in the evening at twice the rate',
      [
        rule({
          amount: {
            add: [
              { multiply: ['1', hours] },
              { multiply: ['1', { elapsed_between: { unit: 'hour', from: '18:00', to: '22:00' } }] },
            ],
          },
        }),
      ],
      [cut('2024-01-10T17:00:00+01:00', 8)],
      {},
      '12.00',
    ],
    [
      'hours of trading on working days only',
      [rule({ amount: { multiply: ['1', between('09:00', '18:00', 'working')] } })],
      [cut('2024-01-11T15:00:00+01:00', 100)],
      office,
      '12.00',
    ],
    [
      'nights that begin on a day not worked',
      [rule({ amount: { multiply: ['1', between('22:00', '06:00', 'other')] } })],
      [cut('2024-01-11T15:00:00+01:00', 100)],
      office,
      '24.00',
    ],
    [
      'days with more than four hours without supply in all',
      [rule({ per: { period: 'day', by: 'time' }, ...when({ above: [hours, '4'] }), amount: '6' })],
      [
        cut('2024-01-10T08:00:00+01:00', 3),
        cut('2024-01-10T20:00:00+01:00', 2),
        cut('2024-01-11T20:00:00+01:00', 8),
      ],
      {},
      '6.00',
    ],
    [
      'twice as much at the weekend, by the day',
      [
        rule({
          per: { period: 'day', by: 'time' },
          amount: {
            multiply: [
              hours,
              { first: [{ when: { at_least: [{ weekday: began }, '6'] }, is: '2' }, { is: '1' }] },
            ],
          },
        }),
      ],
      [cut('2024-01-12T20:00:00+01:00', 6)],
      {},
      '8.00',
    ],
    [
      'half for an interruption of one phase',
      [
        rule({
          amount: {
            multiply: [
              hours,
              { choose: { on: { interruption: 'phases' }, cases: { ABC: '1' }, else: '0.5' } },
            ],
          },
        }),
      ],
      [cut(january, 3, { phases: 'A' }), cut('2024-02-10T08:00:00+01:00', 3)],
      {},
      '4.50',
    ],
    [
      'the free hours of a month',
      [rule({ per: 'month', amount: { greatest: ['0', { multiply: ['1', { subtract: [hours, '4'] }] }] } })],
      [
        cut('2024-01-10T08:00:00+01:00', 3),
        cut('2024-01-20T08:00:00+01:00', 3),
        cut('2024-02-10T08:00:00+01:00', 3),
      ],
      {},
      '2.00',
    ],
    [
      'the longest interruption of a quarter',
      [
        rule({
          per: { period: 'quarter', by: 'start' },
          amount: { multiply: ['1', { most: { of: hours } }] },
        }),
      ],
      [
        cut('2024-01-10T08:00:00+01:00', 3),
        cut('2024-03-10T08:00:00+01:00', 5),
        cut('2024-04-10T08:00:00+02:00', 2),
      ],
      {},
      '7.00',
    ],
    [
      'tax on top',
      [rule(), rule({ id: 'tax', per: 'once', amount: { multiply: [{ owed: 'r' }, '19 %'] } })],
      [cut(january, 10)],
      {},
      '11.90',
    ],
    [
      'persons times days, indexed by date',
      [
        rule({
          amount: { multiply: [{ premises: 'persons' }, { started_days: true }, { series: 'daily' }] },
        }),
      ],
      [cut('2023-12-31T20:00:00+01:00', 8), cut('2024-02-01T08:00:00+01:00', 1)],
      {
        premises: { persons: '3' },
        scheme: {
          inputs: { premises: { persons: { type: 'number' } } },
          series: {
            daily: {
              unit: 'money/day',
              values: [
                { from: '2023-01-01', value: '2' },
                { from: '2024-01-01', value: '2.10' },
              ],
            },
          },
        },
      },
      '18.30',
    ],
    [
      'a share of the last bill, by the date of the cut',
      [rule({ amount: { multiply: [{ fact: 'bill' }, '10 %'] } })],
      [cut('2024-01-31T08:00:00+01:00', 1), cut('2024-02-01T08:00:00+01:00', 1)],
      {
        facts: {
          bill: [
            { from: '2024-02-01', value: '80' },
            { from: '2024-01-01', value: '50' },
          ],
        },
        scheme: { inputs: { facts: { bill: { type: 'number', unit: 'money' } } } },
      },
      '13.00',
    ],
    [
      'a relative overrun of a limit',
      [
        rule({
          per: 'month',
          ...when({ above: [hours, '2'] }),
          amount: {
            multiply: [
              { subtract: [{ divide: [hours, '2'] }, '1'] },
              '2',
              { divide: [{ fact: 'charge' }, '730'] },
              '15',
            ],
          },
        }),
      ],
      [cut(january, 5)],
      {
        facts: { charge: '100' },
        scheme: { inputs: { facts: { charge: { type: 'number', unit: 'money' } } } },
      },
      '6.16',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });
});

describe('counting', () => {
  const third = (pays: string) =>
    rule({
      per: { window: { months: 12 }, pays },
      ...when({ all: [long, { at_least: [count(long), '3'] }] }),
      amount: '50',
    });

  test.for<Row>([
    ['the third within twelve months', [third('every')], on('01-10', '05-10', '2025-01-09'), {}, '50.00'],
    [
      'not the third after a year to the day',
      [third('every')],
      on('01-10', '05-10', '2025-01-10'),
      {},
      '0.00',
    ],
    ['every one from the third', [third('every')], on('01-10', '02-10', '03-10', '04-10'), {}, '100.00'],
    [
      'anew after each payment',
      [third('then_reset')],
      on('01-10', '02-10', '03-10', '04-10', '05-10', '06-10'),
      {},
      '100.00',
    ],
    [
      'anew, not yet three',
      [third('then_reset')],
      on('01-10', '02-10', '03-10', '04-10', '05-10'),
      {},
      '50.00',
    ],
    [
      'within thirty days',
      [
        rule({
          per: { window: { days: 30 }, pays: 'every' },
          ...when({ at_least: [{ count: true }, '2'] }),
          amount: '5',
        }),
      ],
      on('01-01', '01-30', '02-29'),
      {},
      '5.00',
    ],
    [
      'a yearly entitlement that grows, paid as it grows',
      [
        rule({
          per: { window: { year_starting: '07-01' }, pays: 'increase' },
          amount: {
            bands: {
              of: hours,
              bands: [
                { to: '20', is: '0' },
                { above: '20', to: '30', is: '120' },
                { above: '30', is: '180' },
              ],
            },
          },
        }),
      ],
      on('01-10', '02-10', '03-10', '07-10'),
      {},
      '180.00',
    ],
    [
      'by years that begin in April, belonging to where they begin',
      [
        rule({
          per: { period: 'year', starting: '04-01', by: 'start' },
          ...when({ at_least: [{ count: true }, '2'] }),
          amount: '40',
        }),
      ],
      on('03-01', '03-31', '04-01'),
      {},
      '40.00',
    ],
    [
      'only those no other rule pays for',
      [
        rule({ id: 'single', ...when(long), amount: '10' }),
        rule({
          id: 'many',
          exclude: [{ if: { paid_by: 'single' }, reason }],
          per: 'case',
          ...when({ at_least: [{ count: true }, '2'] }),
          amount: '3',
        }),
      ],
      [...on('01-10'), cut('2024-02-10T08:00:00+01:00', 2), cut('2024-03-10T08:00:00+01:00', 2)],
      {},
      '13.00',
    ],
    [
      'at most two payments in a year',
      [
        rule({
          per: { window: { year_starting: '01-01' }, pays: 'every' },
          ...when({ at_most: [{ count: true }, '2'] }),
          amount: '5',
        }),
      ],
      on('01-10', '02-10', '03-10'),
      {},
      '10.00',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });
});

describe('merging and clocks', () => {
  const near = [cut('2024-01-10T08:00:00+01:00', 2), cut('2024-01-10T11:00:00+01:00', 2)];
  const field = (spec: Json) => ({ scheme: { inputs: { interruption: { x: spec } } } });
  const declared = { fact: 'declared' };
  const stormRule = rule({
    clock: { stops: [{ from: declared, to: { plus: { to: declared, hours: '12' } }, reason }] },
  });
  const stormScheme = { scheme: { inputs: { facts: { declared: { type: 'instant', optional: true } } } } };

  test.for<Row>([
    [
      'power back for an hour, below two: one, the hour counts',
      [rule({ ...merge({ below: '2' }, 'counts'), ...when({ at_least: [hours, '5'] }) })],
      near,
      {},
      '5.00',
    ],
    [
      'the hour does not count',
      [rule({ ...merge({ below: '2' }, 'does_not_count'), ...when({ at_least: [hours, '4'] }) })],
      near,
      {},
      '4.00',
    ],
    [
      'back for exactly the limit: two',
      [rule({ ...merge({ below: '1' }, 'counts'), ...when({ at_least: [hours, '5'] }) })],
      near,
      {},
      '0.00',
    ],
    [
      'unless the limit is said to be included',
      [rule({ ...merge({ at_most: '1' }, 'counts'), ...when({ at_least: [hours, '5'] }) })],
      near,
      {},
      '5.00',
    ],
    [
      'of one event, however far apart',
      [
        rule({
          merge: { same: { interruption: 'x' }, between: 'does_not_count' },
          ...when({ above: [hours, '20'] }),
        }),
      ],
      on('01-10', '02-10').map((one) => ({ ...one, x: 'storm' })),
      field({ type: 'text' }),
      '26.00',
    ],
    [
      'the clock starts at the report, where there is one',
      [
        rule({
          clock: {
            start: { earliest: [{ interruption: 'x' }, { plus: { to: { began: true }, hours: '2' } }] },
          },
        }),
      ],
      [cut(january, 5), cut('2024-02-10T08:00:00+01:00', 5, { x: '2024-02-10T09:00:00+01:00' })],
      field({ type: 'instant', optional: true }),
      '7.00',
    ],
    [
      'the clock stands still',
      [rule({ clock: { stops: [{ intervals: 'x', reason }] } })],
      [
        cut(january, 5, {
          x: [
            { from: '2024-01-10T09:00:00+01:00', to: '2024-01-10T10:00:00+01:00' },
            { from: '2024-01-10T12:30:00+01:00', to: null },
          ],
        }),
      ],
      field({ type: 'intervals' }),
      '3.50',
    ],
    [
      'the clock stands still for the whole case',
      [rule({ clock: { stops: [{ intervals: 'storm', reason }] } })],
      [cut(january, 5), cut('2024-01-10T20:00:00+01:00', 5)],
      {
        facts: { storm: [{ from: '2024-01-10T10:00:00+01:00', to: '2024-01-10T22:00:00+01:00' }] },
        scheme: { inputs: { facts: { storm: { type: 'intervals' } } } },
      },
      '5.00',
    ],
    [
      'the clock stands still from one instant to another',
      [stormRule],
      [cut(january, 5), cut('2024-01-10T20:00:00+01:00', 5)],
      { ...stormScheme, facts: { declared: '2024-01-10T10:00:00+01:00' } },
      '5.00',
    ],
    ['and never where there is no first', [stormRule], [cut(january, 5)], stormScheme, '5.00'],
    [
      'nor where the second comes before it',
      [rule({ clock: { stops: [{ from: { ended: true }, to: { began: true }, reason }] } })],
      [cut(january, 5)],
      {},
      '5.00',
    ],
    [
      'the clock starts when the office opens',
      [
        rule({
          clock: { start: { opening: { at: { began: true }, working: ['08:00', '16:00'], other: null } } },
        }),
      ],
      [cut('2024-01-12T17:00:00+01:00', 72)],
      { scheme: { calendars: { office: { holidays: [] } } } },
      '9.00',
    ],
    [
      'free hours are taken off each',
      [rule({ clock: { free_h: '1.5', free: 'deducted' } })],
      near,
      {},
      '1.00',
    ],
    [
      'free hours as a threshold',
      [rule({ clock: { free_h: '2' } })],
      [...near, cut('2024-02-10T08:00:00+01:00', 2.5)],
      {},
      '2.50',
    ],
  ])('%s', ([, rules, cuts, more, expected]) => {
    expect(paid(rules, cuts, more)).toBe(expected);
  });
});

describe('deadlines', () => {
  const calendar = {
    calendars: { work: { holidays: ['2024-05-01', '2024-05-09'], workdays: ['2024-05-11'] } },
  };
  const due = (expression: unknown, more: Json = {}) =>
    assessed(compiled(schemeOf([rule({ due: expression })], { ...calendar, ...more })), {
      interruptions: [cut('2024-04-30T08:00:00+02:00', 2)],
    }).entitlements[0]?.due;

  test.for<[string, unknown, string]>([
    ['days', { plus: { to: ended, days: '30' } }, '2024-05-30'],
    [
      'working days: a holiday is none, a swapped Saturday is one',
      { plus: { to: ended, working_days: '8' } },
      '2024-05-13',
    ],
    [
      'months, to the last day where there is no such day',
      { plus: { to: '2024-01-31', months: '1' } },
      '2024-02-29',
    ],
    ['a year after 29 February', { plus: { to: '2024-02-29', years: '1' } }, '2025-02-28'],
    [
      'from the month’s end',
      { plus: { to: { end_of: { period: 'month', of: ended } }, months: '6' } },
      '2024-10-30',
    ],
    [
      'the end of the quarter after',
      { end_of: { period: 'quarter', of: { plus: { to: ended, months: '3' } } } },
      '2024-09-30',
    ],
    [
      'the end of a year that begins in July',
      { end_of: { period: 'year', starting: '07-01', of: ended } },
      '2024-06-30',
    ],
    ['the later of two', { latest: [ended, '2024-05-20'] }, '2024-05-20'],
  ])('%s', ([, expression, expected]) => {
    expect(due(expression)).toBe(expected);
  });

  it.each(['days', 'months', 'years', 'working_days'])('beyond all calendars are refused: %s', (unit) => {
    const far = rule({ due: { plus: { to: ended, [unit]: '99999999' } } });
    const scheme = compiled(schemeOf([far], calendar));
    const code = unit === 'working_days' ? 'calendar_ends' : 'out_of_range';
    expect(assessed(scheme, { interruptions: [cut(january, 2)] }).refused).toMatchObject([{ code }]);
  });

  it('and so are instants', () => {
    const far = rule({ clock: { start: { plus: { to: { began: true }, hours: '99999999999' } } } });
    const scheme = compiled(schemeOf([far]));
    expect(assessed(scheme, { interruptions: [cut(january, 2)] }).refused).toMatchObject([
      { code: 'out_of_range' },
    ]);
  });

  it('a version may be in force to the last day that can be written', () => {
    const scheme = schemeOf([rule()], {}, { to: '9999-12-31' });
    expect(assessed(compiled(scheme), { interruptions: [cut(january, 2)] }).total.amount).toBe('2.00');
  });

  it('are refused where the calendar ends', () => {
    const scheme = compiled(
      schemeOf([rule({ due: { plus: { to: ended, working_days: '8' } } })], {
        calendars: { work: { holidays: [], to: '2024-05-04' } },
      }),
    );
    expect(assessed(scheme, { interruptions: [cut('2024-04-30T08:00:00+02:00', 2)] }).refused).toMatchObject([
      { code: 'calendar_ends' },
    ]);
  });

  const late = (paid_on: string | null, amount: unknown): string =>
    paid(
      [
        rule({ amount: '1000', due: { plus: { to: ended, days: '30' } } }),
        rule({
          id: 'late',
          per: 'once',
          ...when({
            all: [{ given: { fact: 'paid_on' } }, { above: [{ fact: 'paid_on' }, { due_date: 'r' }] }],
          }),
          amount,
        }),
      ],
      [cut('2024-04-30T08:00:00+02:00', 2)],
      {
        facts: paid_on === null ? {} : { paid_on },
        scheme: { inputs: { facts: { paid_on: { type: 'date', optional: true } } } },
      },
    );
  const days = { days_between: { from: { due_date: 'r' }, to: { fact: 'paid_on' }, count: 'calendar' } };
  const months = { months_between: { from: { due_date: 'r' }, to: { fact: 'paid_on' }, count: 'started' } };

  test.for<[string, string | null, unknown, string]>([
    [
      'interest by the day',
      '2024-08-11',
      { multiply: [{ owed: 'r' }, '5 %', { divide: [days, '365'] }] },
      '1010.00',
    ],
    [
      'paid on the last day',
      '2024-05-30',
      { multiply: [{ owed: 'r' }, '5 %', { divide: [days, '365'] }] },
      '1000.00',
    ],
    ['not paid yet', null, '35', '1000.00'],
    [
      'an uplift for each started month',
      '2024-07-31',
      { multiply: [{ owed: 'r' }, '2 %', months] },
      '1060.00',
    ],
    ['a month to the day is one', '2024-06-30', { multiply: [{ owed: 'r' }, '2 %', months] }, '1020.00'],
  ])('late: %s', ([, on_, amount, expected]) => {
    expect(late(on_, amount)).toBe(expected);
  });
});

describe('notice and application', () => {
  const notice = (counted: string, at: string) =>
    paid(
      [
        rule({
          ...when({
            below: [{ days_between: { from: { interruption: 'told' }, to: began, count: counted } }, '7'],
          }),
          amount: '5',
        }),
      ],
      [cut('2024-06-10T08:00:00+02:00', 2, { told: at, planned: 'w' })],
      {
        scheme: {
          inputs: { interruption: { told: { type: 'date' } } },
          ...(counted === 'working' ? { calendars: { w: { holidays: [] } } } : {}),
        },
      },
    );
  test.for<[string, string, string]>([
    ['calendar', '2024-06-03', '0.00'],
    ['calendar', '2024-06-04', '5.00'],
    ['clear', '2024-06-02', '0.00'],
    ['clear', '2024-06-03', '5.00'],
    ['working', '2024-05-30', '0.00'],
    ['working', '2024-05-31', '5.00'],
  ])('%s days from %s: %s', ([counted, at, expected]) => {
    expect(notice(counted, at)).toBe(expected);
  });

  const claimed = (facts: Json, opted = false): unknown => {
    const claim = {
      automatic: { premises: 'opted' },
      applied: 'applied',
      until: { plus: { to: ended, days: '14' } },
    };
    const result = assessed(
      compiled(
        schemeOf([rule({ claim })], {
          inputs: {
            premises: { opted: { type: 'flag' } },
            facts: { applied: { type: 'instant', optional: true } },
          },
        }),
      ),
      { premises: { opted }, facts, interruptions: [cut(january, 2)], at: '2024-01-20T00:00:00Z' },
    );
    return result.notOwed[0]?.reason ?? result.total.amount;
  };
  test.for<[string, Json, boolean, string]>([
    ['applied for on the last day', { applied: '2024-01-24T23:59:00+01:00' }, false, '2.00'],
    ['applied for a minute later', { applied: '2024-01-25T00:00:00+01:00' }, false, 'applied_late'],
    ['not applied for, while there is time', {}, false, 'not_applied'],
    ['automatic for those who opted in', {}, true, '2.00'],
  ])('%s', ([, facts, opted, expected]) => {
    expect(claimed(facts, opted)).toBe(expected);
  });
});

it('a source nobody has verified stands beside every amount, and where nothing is owed', () => {
  const scheme = compiled(
    schemeOf([rule(), rule({ id: 'tax', per: 'once', amount: { multiply: [{ owed: 'r' }, '19 %'] } })], {
      source: { title: 'a test', reference: 'a test', unverified: 'from memory' },
    }),
  );
  const result = assessed(scheme, { interruptions: [cut(january, 2)] });
  expect(result.entitlements.map(({ unverified }) => unverified)).toEqual([['source'], ['source']]);
  expect(result.unverified).toEqual([{ path: 'source', note: 'from memory' }]);
  expect(assessed(scheme, {}).unverified).toEqual([{ path: 'source', note: 'from memory' }]);
});

describe('rounding', () => {
  const round = (amount: string, mode: string, to = '0.01') =>
    paid([rule({ amount, round: { mode, to, at: 'part' } })], [cut(january, 1)]);
  test.for<[string, string, string, string]>([
    ['half_up', '1.035', '0.01', '1.04'],
    ['half_even', '1.035', '0.01', '1.04'],
    ['half_even', '1.045', '0.01', '1.04'],
    ['half_down', '1.035', '0.01', '1.03'],
    ['down', '1.0399', '0.01', '1.03'],
    ['up', '1.0301', '0.01', '1.04'],
    ['half_up', '12.50', '5', '15.00'],
    ['half_up', '12.49', '5', '10.00'],
    ['up', '100.01', '100', '200.00'],
    ['up', '100', '100', '100.00'],
  ])('%s of %s to %s is %s', ([mode, amount, to, expected]) => {
    expect(round(amount, mode, to)).toBe(expected);
  });

  it('at the end of a rule is done once, in each part as often', () => {
    const cuts = on('01-10', '02-10', '03-10');
    const third = (at: string) =>
      paid([rule({ amount: { divide: ['1', '3'] }, round: { mode: 'half_up', to: '0.01', at } })], cuts);
    expect([third('part'), third('rule')]).toEqual(['0.99', '1.00']);
  });

  it('at the end of a rule makes no part less than nothing: limits see what is paid', () => {
    const five = rule({ round: { mode: 'down', to: '5', at: 'rule' } });
    const cuts = [cut(january, 8), cut('2024-02-10T08:00:00+01:00', 1)];
    const version = { limits: [{ id: 'l', per: 'case', most: '7' }] };
    expect([paid([five], cuts), paid([five], cuts, { version })]).toEqual(['5.00', '5.00']);
  });

  it('knows currencies without a minor unit', () => {
    const scheme = { currency: 'JPY' };
    const whole = { mode: 'down', to: '1', at: 'part' };
    expect(paid([rule({ amount: '99.9', round: whole })], [cut(january, 1)], { scheme })).toBe('99');
  });
});
