import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { checkRoster } from '../../../core/roster/check-roster.ts';
import { onCallAt } from '../../../core/roster/on-call.ts';
import type { Roster } from '../../../core/roster/roster.ts';
import { crewOf, shiftAt } from '../../../core/roster/shift-at.ts';
import { suggestEngineers } from '../../../core/roster/suggest.ts';
import { wallInstant } from '../../../core/roster/wall-clock.ts';

const HOUR = 3_600_000;
/** Leaps of an hour, of half an hour, at midnight, a whole skipped day, and none. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Shanghai',
];

/** 四班三倒: three shifts a day, four crews, one of them off. */
const FOUR_CREWS: Roster = {
  shifts: [
    { id: 'night', name: '夜班', start: '00:00' },
    { id: 'day', name: '白班', start: '08:00' },
    { id: 'late', name: '中班', start: '16:00' },
  ],
  crews: ['A', 'B', 'C', 'D'].map((id) => ({ id, name: id, members: [`${id}1`, `${id}2`] })),
  anchor: '2026-01-01',
  cycle: [
    ['A', 'B', 'C'],
    ['D', 'A', 'B'],
    ['C', 'D', 'A'],
    ['B', 'C', 'D'],
  ],
  holidays: [],
  leave: [],
  swaps: [],
  backups: ['boss'],
};

/** Every change of the clock of a zone from 2010 to 2031. */
function transitions(zone: string): readonly number[] {
  const found: number[] = [];
  const end = Date.parse('2031-01-01T00:00:00Z');
  let at: Temporal.ZonedDateTime | null =
    Temporal.Instant.from('2010-01-01T00:00:00Z').toZonedDateTimeISO(zone);
  for (at = at.getTimeZoneTransition('next'); at !== null && at.epochMilliseconds < end; ) {
    found.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return found;
}

const starts = fc
  .uniqueArray(fc.integer({ min: 0, max: 24 * 12 - 1 }), { minLength: 1, maxLength: 5 })
  .map((slots) =>
    slots
      .sort((a, b) => a - b)
      .map((slot) => {
        const two = (n: number) => String(n).padStart(2, '0');
        return `${two(Math.floor(slot / 12))}:${two((slot % 12) * 5)}`;
      }),
  );

describe('shifts', () => {
  it.each(ZONES)(
    'of any starts follow on each other without gap or overlap over every change of the clock in %s',
    (zone) => {
      const around = transitions(zone);
      const moments = around.length > 0 ? around : [Date.parse('2026-03-29T01:00:00Z')];
      for (const moment of moments) {
        fc.assert(
          fc.property(starts, (times) => {
            const roster = { shifts: times.map((start, i) => ({ id: String(i), name: '', start })) };
            let at = moment - 30 * HOUR;
            let shifts = 0;
            while (at < moment + 30 * HOUR) {
              const shift = shiftAt(roster, zone, at);
              if (shift === null) throw new Error('no shift');
              expect(shift.from).toBeLessThanOrEqual(at);
              expect(shift.to).toBeGreaterThan(at);
              // Both ends of it, and the instant before it, agree about where it lies.
              expect(shiftAt(roster, zone, shift.to - 1)).toEqual(shift);
              expect(shiftAt(roster, zone, shift.from - 1)?.to).toBe(shift.from);
              at = shift.to;
              shifts += 1;
            }
            // Three days and a day on either side; a leap may swallow some.
            expect(shifts).toBeGreaterThanOrEqual(times.length);
            expect(shifts).toBeLessThanOrEqual(times.length * 6);
          }),
          { numRuns: 1 },
        );
      }
    },
  );

  it('start when the wall clock of the site says so', () => {
    const summer = shiftAt(FOUR_CREWS, 'Europe/Berlin', Date.parse('2026-07-01T07:00:00Z'));
    expect(summer?.from).toBe(Date.parse('2026-07-01T06:00:00Z'));
    const night = shiftAt(FOUR_CREWS, 'Europe/Berlin', Date.parse('2026-03-29T00:30:00Z'));
    expect(night).toEqual({
      date: '2026-03-29',
      index: 0,
      from: Date.parse('2026-03-28T23:00:00Z'),
      to: Date.parse('2026-03-29T06:00:00Z'),
    });
  });

  it('that would start in the leap start at the leap, those that come twice the first time', () => {
    expect(wallInstant('2026-03-29', '02:30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T01:00:00Z'));
    expect(wallInstant('2026-10-25', '02:30', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T00:30:00Z'));
  });

  it('later wall times never come earlier', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.nat(60), fc.nat(1439), fc.nat(1439), (zone, day, a, b) => {
        const date = Temporal.PlainDate.from('2026-03-01')
          .add({ days: day * 5 })
          .toString();
        const text = (n: number) =>
          `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
        const [first, second] = a < b ? [a, b] : [b, a];
        expect(wallInstant(date, text(first), zone)).toBeLessThanOrEqual(
          wallInstant(date, text(second), zone),
        );
      }),
    );
  });
});

describe('the rotation', () => {
  it('gives each crew its turn, before the first day as well', () => {
    const crews = ['2025-12-31', '2026-01-01', '2026-01-02', '2026-01-05'].map((date) =>
      [0, 1, 2].map((index) => crewOf(FOUR_CREWS, { date, index })).join(''),
    );
    expect(crews).toEqual(['BCD', 'ABC', 'DAB', 'ABC']);
  });

  it('has one crew in each shift and no crew twice on a day, all year', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000, max: 2_000 }), (days) => {
        const date = Temporal.PlainDate.from('2026-01-01').add({ days }).toString();
        const crews = [0, 1, 2].map((index) => crewOf(FOUR_CREWS, { date, index }));
        expect(new Set(crews).size).toBe(3);
        expect(crews).not.toContain(null);
      }),
    );
  });
});

describe('on call', () => {
  const at = Date.parse('2026-01-01T02:00:00Z');
  const order = (over: Partial<Roster>) => onCallAt({ ...FOUR_CREWS, ...over }, 'Asia/Shanghai', at).order;

  it('is the crew of the shift in its order, then the backups', () => {
    expect(order({})).toEqual(['B1', 'B2', 'boss']);
  });

  it('follows swaps, also of the one who came in, for that shift only', () => {
    const swap = { date: '2026-01-01', shift: 'day', out: 'B1', in: 'C1' };
    expect(order({ swaps: [swap] })).toEqual(['C1', 'B2', 'boss']);
    expect(order({ swaps: [swap, { ...swap, out: 'C1', in: 'D2' }] })).toEqual(['D2', 'B2', 'boss']);
    expect(order({ swaps: [{ ...swap, shift: 'night' }] })).toEqual(['B1', 'B2', 'boss']);
  });

  it('leaves out who is away, first day and last day included', () => {
    const leave = (from: string, to: string) => [{ person: 'B1', from, to }];
    expect(order({ leave: leave('2026-01-01', '2026-01-01') })).toEqual(['B2', 'boss']);
    expect(order({ leave: leave('2026-01-02', '2026-01-09') })).toEqual(['B1', 'B2', 'boss']);
  });

  it('is the holiday’s crew on a holiday', () => {
    expect(order({ holidays: [{ date: '2026-01-01', crews: ['A', 'D', 'A'] }] })).toEqual([
      'D1',
      'D2',
      'boss',
    ]);
  });

  it('is the backups alone where there is no roster', () => {
    expect(order({ shifts: [], cycle: [] })).toEqual(['boss']);
  });
});

describe('the suggestion', () => {
  const staff = [
    { id: 'a', skills: [] },
    { id: 'b', skills: ['hv'] },
    { id: 'c', skills: ['hv'] },
    { id: 'd', skills: ['hv'] },
  ];
  const names = (load: Record<string, number>, needed: readonly string[], order = ['a', 'b', 'c']) =>
    suggestEngineers(staff, order, new Map(Object.entries(load)), needed).map(({ engineer }) => engineer);

  it('is skill before duty before load before order', () => {
    expect(names({}, [])).toEqual(['a', 'b', 'c', 'd']);
    expect(names({}, ['hv'])).toEqual(['b', 'c', 'd', 'a']);
    expect(names({ b: 1 }, ['hv'])).toEqual(['c', 'b', 'd', 'a']);
    expect(names({ a: 2, b: 1, c: 1 }, [])).toEqual(['b', 'c', 'a', 'd']);
  });
});

describe('a roster', () => {
  const staff = new Set(['A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'D1', 'D2', 'boss']);
  const codes = (over: Partial<Roster>) =>
    checkRoster({ ...FOUR_CREWS, ...over }, staff).map(({ path, code }) => `${path} ${code}`);

  it('that holds together has no fault', () => expect(codes({})).toEqual([]));
  it('is refused with every fault it has', () => {
    expect(
      codes({
        shifts: [...FOUR_CREWS.shifts].reverse(),
        cycle: [['A'], ['A', 'B', 'X']],
        backups: ['nobody'],
        leave: [{ person: 'A1', from: '2026-02-02', to: '2026-02-01' }],
        swaps: [{ date: '2026-01-01', shift: 'noon', out: 'A1', in: 'B1' }],
      }),
    ).toEqual([
      '/shifts/1/start not_ascending',
      '/shifts/2/start not_ascending',
      '/backups unknown_staff',
      '/cycle/0 wrong_length',
      '/cycle/1 unknown_crew',
      '/leave/0 ends_before_it_begins',
      '/swaps/0/shift unknown_shift',
    ]);
  });
});
