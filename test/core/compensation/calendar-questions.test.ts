import { describe, expect, it, test } from 'vitest';
import { readScheme } from '../../../contracts/scheme.ts';
import { isTimeZone } from '../../../core/units/calendar.ts';
import { periodOf } from '../../../core/units/periods.ts';
import { plusWorkingDays, type WorkCalendar, workingDaysBetween } from '../../../core/units/working-days.ts';
import { assessed, compiled, cut, type Json, paid, rule, schemeOf } from './example-scheme.ts';

const hours = { elapsed: 'hour' };

interface Row {
  readonly zone: string;
  readonly from: string;
  readonly hours: number;
  readonly pays: string;
}

const perDay = (amount: unknown, more: Json = {}) =>
  rule({
    per: { period: 'day', by: 'time' },
    amount,
    round: { mode: 'half_up', to: '0.01', at: 'rule' },
    ...more,
  });

describe('elapsed time is that of the UTC line, whatever the wall clock shows', () => {
  test.for<Row>([
    { zone: 'Europe/London', from: '2025-10-26T00:30:00+01:00', hours: 12.5, pays: '12.50' },
    { zone: 'Europe/London', from: '2025-03-30T00:30:00+00:00', hours: 11.5, pays: '11.50' },
    { zone: 'Australia/Lord_Howe', from: '2025-10-05T00:00:00+10:30', hours: 10, pays: '10.00' },
  ])('$zone from $from', ({ zone, from, hours: length, pays }) => {
    expect(paid([rule()], [cut(from, length)], { scheme: { timeZone: zone } })).toBe(pays);
  });
});

describe('a day of the scheme’s zone', () => {
  test.for<Row & { readonly name: string }>([
    { name: '23 h long', zone: 'Europe/Berlin', from: '2025-03-30T00:00:00+01:00', hours: 23, pays: '1.00' },
    {
      name: 'a minute into the next',
      zone: 'Europe/Berlin',
      from: '2025-03-30T00:00:00+01:00',
      hours: 23 + 1 / 60,
      pays: '2.00',
    },
    { name: '25 h long', zone: 'Europe/Berlin', from: '2025-10-26T00:00:00+02:00', hours: 25, pays: '1.00' },
    { name: '24 h of 25', zone: 'Europe/Berlin', from: '2025-10-26T00:00:00+02:00', hours: 24, pays: '1.00' },
    {
      name: '23.5 h long',
      zone: 'Australia/Lord_Howe',
      from: '2025-10-05T00:00:00+10:30',
      hours: 23.5,
      pays: '1.00',
    },
    {
      name: 'over midnight',
      zone: 'Asia/Kolkata',
      from: '2025-06-01T23:59:00+05:30',
      hours: 0.05,
      pays: '2.00',
    },
    {
      name: 'the same instants elsewhere',
      zone: 'Asia/Shanghai',
      from: '2025-06-01T23:59:00+05:30',
      hours: 0.05,
      pays: '1.00',
    },
    {
      name: 'where midnight is skipped',
      zone: 'America/Sao_Paulo',
      from: '2018-11-03T22:00:00-03:00',
      hours: 3,
      pays: '2.00',
    },
    {
      name: 'a half-hour zone',
      zone: 'Australia/Adelaide',
      from: '2025-06-01T23:45:00+09:30',
      hours: 0.5,
      pays: '2.00',
    },
  ])('$name, by started days', ({ zone, from, hours: length, pays }) => {
    const days = rule({ per: 'case', amount: { multiply: ['1', { started_days: true }] } });
    expect(paid([days], [cut(from, length)], { scheme: { timeZone: zone } })).toBe(pays);
    expect(paid([perDay('1')], [cut(from, length)], { scheme: { timeZone: zone } })).toBe(pays);
  });

  test.for<[string, number, string]>([
    ['2025-03-30T00:00:00+01:00', 23, '30.00'],
    ['2025-10-26T00:00:00+02:00', 25, '30.00'],
  ])('is cut at midnights: %s for %i h gets no more than its cap', ([from, length, pays]) => {
    const limits = [{ id: 'day', per: { period: 'day', apportion: 'hours' }, most: '30' }];
    const two = rule({ amount: { multiply: ['2', hours] } });
    expect(paid([two], [cut(from, length)], { version: { limits } })).toBe(pays);
  });

  test.for<[string, number, string]>([
    ['2025-03-29T22:00:00+01:00', 10, '4.00'],
    ['2025-03-30T22:00:00+02:00', 10, '5.00'],
    ['2025-10-25T22:00:00+02:00', 10, '6.00'],
  ])('has its own night: from %s, %i h, hours from 01:00 to 06:00', ([from, length, pays]) => {
    const night = rule({
      amount: { multiply: ['1', { elapsed_between: { unit: 'hour', from: '01:00', to: '06:00' } }] },
    });
    expect(paid([night], [cut(from, length)])).toBe(pays);
  });
});

describe('a month', () => {
  test.for<[string, string, string]>([
    ['of a leap February', '2024-02-10T14:00:00+08:00', '14.48'],
    ['of another February', '2023-02-10T14:00:00+08:00', '15.00'],
    ['of 31 days', '2024-03-10T14:00:00+08:00', '13.55'],
    ['split at its end, each half by its own days', '2024-02-29T06:00:00+08:00', '14.02'],
  ])('%s', ([, from, pays]) => {
    const share = rule({
      per: 'month',
      amount: { multiply: ['280', { divide: [{ elapsed: 'day' }, { days_in_month: true }] }] },
      round: { mode: 'half_up', to: '0.01', at: 'rule' },
    });
    expect(paid([share], [cut(from, 36)], { scheme: { timeZone: 'Asia/Shanghai' } })).toBe(pays);
  });

  test.for<[string, string]>([
    ['2024-06-01T00:00:00+02:00', '366.00'],
    ['2023-06-01T00:00:00+02:00', '365.00'],
    ['2100-06-01T00:00:00+02:00', '365.00'],
  ])('of the year %s', ([from, pays]) => {
    const days = rule({ amount: { multiply: ['1', { days_in_year: true }] } });
    expect(paid([days], [cut(from, 1)], { at: '2101-01-01T00:00:00Z' })).toBe(pays);
  });
});

describe('a season', () => {
  test.for<[string, string, string]>([
    ['its first instant', '2025-10-01T00:00:00+02:00', '2.00'],
    ['the instant before', '2025-09-30T23:59:59.999+02:00', '1.00'],
    ['its last day', '2026-03-31T23:00:00+02:00', '2.00'],
    ['the day after', '2026-04-01T00:00:00+02:00', '1.00'],
    ['29 February', '2024-02-29T12:00:00+01:00', '2.00'],
  ])('over New Year: %s', ([, from, pays]) => {
    const winter = { in_season: { from: '10-01', to: '03-31', on: { date_of: { began: true } } } };
    const seasonal = rule({ amount: { first: [{ when: winter, is: '2' }, { is: '1' }] } });
    expect(paid([seasonal], [cut(from, 1)])).toBe(pays);
  });
});

describe('periods', () => {
  test.for([
    ['2024-02-29', { period: 'month', starting: '01-01' }, '2024-02', '2024-02-01', '2024-02-29'],
    ['2024-03-31', { period: 'year', starting: '04-01' }, '2023-04-01', '2023-04-01', '2024-03-31'],
    ['2024-04-01', { period: 'year', starting: '04-01' }, '2024-04-01', '2024-04-01', '2025-03-31'],
    ['2024-06-30', { period: 'year', starting: '07-01' }, '2023-07-01', '2023-07-01', '2024-06-30'],
    ['2024-12-31', { period: 'quarter', starting: '01-01' }, '2024-10-01', '2024-10-01', '2024-12-31'],
    ['2024-01-15', { period: 'quarter', starting: '04-01' }, '2024-01-01', '2024-01-01', '2024-03-31'],
    ['2024-06-30', { period: 'half_year', starting: '01-01' }, '2024-01-01', '2024-01-01', '2024-06-30'],
    ['2024-02-29', { period: 'day', starting: '01-01' }, '2024-02-29', '2024-02-29', '2024-02-29'],
  ] as const)('%s lies in %o', ([date, of, name, first, last]) => {
    expect(periodOf(date, of)).toEqual({ name, first, last });
  });
});

describe('working days', () => {
  const calendar: WorkCalendar = {
    weekend: [6, 7],
    holidays: new Set(['2025-12-25', '2025-12-26', '2026-01-01']),
    workdays: new Set(['2025-12-27']),
    from: null,
    to: '2026-01-31',
  };
  const friday: WorkCalendar = { ...calendar, weekend: [5, 6], holidays: new Set(), workdays: new Set() };

  test.for<[string, string, number, WorkCalendar, string | null]>([
    ['over holidays and a swapped Saturday', '2025-12-18', 10, calendar, '2026-01-05'],
    ['from a holiday', '2025-12-25', 1, calendar, '2025-12-27'],
    ['none: the day itself', '2025-12-24', 0, calendar, '2025-12-24'],
    ['none, on a holiday: the next', '2025-12-25', 0, calendar, '2025-12-27'],
    ['a week that rests on Friday', '2025-12-18', 1, friday, '2025-12-21'],
    ['beyond the calendar', '2026-01-29', 5, calendar, null],
  ])('%s', ([, from, count, chosen, expected]) => {
    expect(plusWorkingDays(from, count, chosen)).toBe(expected);
  });

  test.for<[string, string, number | null]>([
    ['2025-12-24', '2025-12-24', 0],
    ['2025-12-24', '2025-12-27', 1],
    ['2025-12-24', '2025-12-29', 2],
    ['2025-12-29', '2025-12-24', 0],
    ['2026-01-30', '2026-02-02', null],
  ])('between %s and %s: %s', ([from, to, expected]) => {
    expect(workingDaysBetween(from, to, calendar)).toBe(expected);
  });
});

test('zones are known by their IANA names', () => {
  expect(['Asia/Kolkata', 'Australia/Lord_Howe', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe('a clock that stands still every night', () => {
  const stop = { daily: { from: '22:00', to: '06:00' }, reason: 'night' };
  const hourly = (zone: string) =>
    compiled(
      schemeOf([rule({ clock: { stops: [stop] } })], {
        timeZone: zone,
        reasons: { night: { 'zh-CN': '夜', en: 'night' } },
      }),
    );

  it.each([
    ['an ordinary night', 'Europe/Berlin', '2025-05-10T20:00:00+02:00', 12, '480'],
    ['an hour shorter', 'Europe/Berlin', '2025-03-29T20:00:00+01:00', 11, '420'],
    ['an hour longer', 'Europe/Berlin', '2025-10-25T20:00:00+02:00', 13, '540'],
    ['half an hour shorter', 'Australia/Lord_Howe', '2025-10-04T20:00:00+10:30', 11.5, '450'],
    ['in a zone of half hours', 'Asia/Kolkata', '2025-05-10T20:00:00+05:30', 12, '480'],
    ['into the leap day', 'Asia/Shanghai', '2024-02-28T20:00:00+08:00', 12, '480'],
  ])('counts four hours from 20:00 to 08:00, whatever the night: %s', (_, zone, from, hours, night_min) => {
    const result = assessed(hourly(zone), { interruptions: [cut(from, hours)] });
    expect(result.total.amount).toBe('4.00');
    const counted = result.trace.find(({ op }) => op === 'counted_minutes');
    expect(counted).toMatchObject({ inputs: [`night ${night_min}`], value: '240' });
  });

  it.each([
    ['without hours', { daily: { from: '22:00', to: '22:00' } }],
    ['with no time of day', { daily: { from: '25:00', to: '06:00' } }],
    ['told twice', { daily: stop.daily, intervals: 'x' }],
    ['with one instant', { from: { began: true } }],
    ['without any', {}],
  ])('is a fault %s', (_, form) => {
    const read = readScheme(schemeOf([rule({ clock: { stops: [{ ...form, reason: 'night' }] } })]));
    expect(read).toMatchObject({
      ok: false,
      faults: expect.arrayContaining([expect.objectContaining({ code: 'wrong_form' })]),
    });
  });
});
