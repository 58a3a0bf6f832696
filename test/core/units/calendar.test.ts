import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  byMonth,
  dayLength_ms,
  daysInMonth,
  localDate,
  plusDays,
  touchedDates,
} from '../../../core/units/calendar.ts';

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
        const parts = byMonth(whole, zone);
        expect(parts[0]?.from).toBe(whole.from);
        expect(parts.at(-1)?.to).toBe(whole.to);
        parts.forEach((part, i) => {
          expect(part.to).toBeGreaterThan(part.from);
          if (i > 0) expect(part.from).toBe(parts[i - 1]?.to);
          expect(localDate(part.from, zone).slice(0, 7)).toBe(part.month);
          expect(localDate(part.to - 1, zone).slice(0, 7)).toBe(part.month);
        });
        expect(new Set(parts.map(({ month }) => month)).size).toBe(parts.length);
      },
    ),
  );
});
