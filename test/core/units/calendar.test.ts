import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  dayLength_ms,
  daysInMonth,
  localDate,
  plusDays,
  touchedDates,
  wallClock_ms,
} from '../../../core/units/calendar.ts';
import { byPeriod, periodOf } from '../../../core/units/periods.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const ZONES = [
  'Asia/Shanghai',
  'Europe/London',
  'America/New_York',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

test.for([
  ['2025-03-30', 'Europe/London', 23],
  ['2025-10-26', 'Europe/London', 25],
  ['2025-10-05', 'Australia/Lord_Howe', 23.5],
  ['2025-04-06', 'Australia/Lord_Howe', 24.5],
  ['2026-07-01', 'Asia/Shanghai', 24],
] as const)('%s in %s has %s hours', ([date, zone, hours]) => {
  expect(dayLength_ms(date, zone)).toBe(hours * HOUR);
});

describe('local dates', () => {
  it('are those of the zone, not of the server', () => {
    expect(localDate(at('2024-02-29T16:30:00Z'), 'Asia/Shanghai')).toBe('2024-03-01');
    expect(localDate(at('2024-02-29T16:30:00Z'), 'America/New_York')).toBe('2024-02-29');
    expect(localDate(at('2024-02-29T13:40:00Z'), 'Australia/Adelaide')).toBe('2024-03-01');
  });

  it('know leap years', () => {
    expect([
      daysInMonth('2024-02'),
      daysInMonth('2023-02'),
      daysInMonth('2100-02'),
      daysInMonth('2000-02'),
    ]).toEqual([29, 28, 28, 29]);
    expect(plusDays('2024-02-28', 2)).toBe('2024-03-01');
  });

  it('are not touched by no time at all, nor where a zone skipped them', () => {
    const noon = at('2024-02-10T12:00:00Z');
    expect(touchedDates({ from: noon, to: noon }, 'Asia/Shanghai')).toEqual([]);
    const skipped = { from: at('2011-12-29T12:00:00Z'), to: at('2011-12-31T12:00:00Z') };
    expect(touchedDates(skipped, 'Pacific/Apia')).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  it('at the very change of the clock are no reason to misread the time before it', () => {
    expect(wallClock_ms(at('2025-10-26T01:00:00Z'), 'Europe/Lisbon')).toBe(1 * HOUR);
    expect(wallClock_ms(at('2025-10-26T00:59:00Z'), 'Europe/Lisbon')).toBe(1 * HOUR + 59 * 60_000);
    expect(wallClock_ms(at('2025-10-25T12:00:00Z'), 'Europe/Lisbon')).toBe(13 * HOUR);
  });

  it('have a wall clock that shows minutes since midnight, before 1970 too', () => {
    expect(wallClock_ms(at('2024-02-10T12:30:00Z'), 'Australia/Adelaide')).toBe(23 * HOUR);
    expect(wallClock_ms(at('1969-12-31T20:00:00Z'), 'UTC')).toBe(20 * HOUR);
  });

  it('touched by an interval end before a midnight it ends at', () => {
    const midnight = at('2024-02-10T16:00:00Z');
    expect(touchedDates({ from: midnight - 1, to: midnight }, 'Asia/Shanghai')).toEqual(['2024-02-10']);
    expect(touchedDates({ from: midnight - 1, to: midnight + 1 }, 'Asia/Shanghai')).toEqual([
      '2024-02-10',
      '2024-02-11',
    ]);
    expect(touchedDates({ from: midnight, to: midnight }, 'Asia/Shanghai')).toEqual([]);
  });
});

it('splitting by month loses and doubles no millisecond in any zone, over every change of the clock', () => {
  const start = at('2024-01-01T00:00:00Z');
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.nat(500 * 24 * HOUR),
      fc.integer({ min: 1, max: 200 * 24 * HOUR }),
      (zone, offset, length) => {
        const whole = { from: start + offset, to: start + offset + length };
        const parts = byPeriod(whole, { period: 'month', starting: '01-01' }, zone);
        expect(parts[0]?.from).toBe(whole.from);
        expect(parts.at(-1)?.to).toBe(whole.to);
        parts.forEach((part, i) => {
          expect(part.to).toBeGreaterThan(part.from);
          if (i > 0) expect(part.from).toBe(parts[i - 1]?.to);
          expect(localDate(part.from, zone).slice(0, 7)).toBe(part.period.name);
          expect(localDate(part.to - 1, zone).slice(0, 7)).toBe(part.period.name);
        });
        expect(new Set(parts.map(({ period }) => period.name)).size).toBe(parts.length);
      },
    ),
  );
});

test.for<[string, Parameters<typeof periodOf>[1], string, string, string]>([
  ['2024-02-29', { period: 'day', starting: '01-01' }, '2024-02-29', '2024-02-29', '2024-02-29'],
  ['2024-02-29', { period: 'month', starting: '04-15' }, '2024-02', '2024-02-01', '2024-02-29'],
  ['2024-04-01', { period: 'year', starting: '04-01' }, '2024-04-01', '2024-04-01', '2025-03-31'],
  ['2024-03-31', { period: 'year', starting: '04-01' }, '2023-04-01', '2023-04-01', '2024-03-31'],
  ['2024-12-31', { period: 'year', starting: '01-01' }, '2024', '2024-01-01', '2024-12-31'],
  ['2024-06-30', { period: 'quarter', starting: '01-01' }, '2024-04-01', '2024-04-01', '2024-06-30'],
  ['2024-07-01', { period: 'quarter', starting: '01-01' }, '2024-07-01', '2024-07-01', '2024-09-30'],
  ['2024-02-14', { period: 'quarter', starting: '11-15' }, '2023-11-15', '2023-11-15', '2024-02-14'],
  ['2024-02-15', { period: 'half_year', starting: '08-15' }, '2024-02-15', '2024-02-15', '2024-08-14'],
])('%s lies in the %j that begins and ends there', ([date, rule, name, first, last]) => {
  expect(periodOf(date, rule)).toEqual({ name, first, last });
});
