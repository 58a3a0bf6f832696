import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RosterBody } from '../../contracts/http/staff.ts';
import { checkRoster } from '../../core/roster/check-roster.ts';
import { NO_ROSTER } from '../../core/roster/roster.ts';
import * as edit from '../../dashboard/src/state/roster-edit.ts';

const empty: RosterBody = structuredClone(NO_ROSTER) as RosterBody;
const STARTS = ['00:00', '06:30', '08:00', '16:00', '20:00', '23:59'];

/** One edit of a person, as numbers; those that mean nothing on this roster do nothing. */
function apply(roster: RosterBody, [what, a, b]: readonly [number, number, number]): RosterBody {
  const crew = roster.crews[a % Math.max(1, roster.crews.length)]?.id ?? null;
  const start = STARTS.find((one) => !roster.shifts.some((shift) => shift.start === one));
  switch (what) {
    case 0:
      return start === undefined ? roster : edit.addShift(roster, `s${a}`, start);
    case 1:
      return edit.removeShift(roster, a % 4);
    case 2:
      return start === undefined ? roster : edit.changeShift(roster, a % 4, { start });
    case 3:
      return edit.addCrew(roster, `c${a}`);
    case 4:
      return edit.removeCrew(roster, a % 4);
    case 5:
      return roster.shifts.length === 0 ? roster : edit.setCycleDays(roster, a % 10);
    case 6:
      return roster.shifts.length === 0 ? roster : edit.rotate(roster);
    case 7:
      return edit.setCell(roster, a % 7, b % 3, crew);
    case 8:
      return edit.addHoliday(roster, `2026-10-0${1 + (a % 7)}`);
    default:
      return edit.setHoliday(roster, `2026-10-0${1 + (a % 7)}`, b % 3, crew);
  }
}

it('whatever is edited, the roster can be saved', () => {
  const step = fc.tuple(fc.nat(9), fc.nat(20), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const after = steps.reduce(apply, empty);
      expect(checkRoster(after, new Set())).toEqual([]);
    }),
  );
});

it('a shift that starts earlier takes its crews along', () => {
  let roster = edit.addShift(edit.addShift(empty, '白班', '08:00'), '夜班', '20:00');
  roster = edit.addCrew(edit.addCrew(roster, '甲'), '乙');
  roster = edit.setCell(edit.setCell(edit.setCycleDays(roster, 1), 0, 0, 'crew-1'), 0, 1, 'crew-2');
  const moved = edit.changeShift(roster, 1, { start: '06:00' });
  expect(moved.shifts.map(({ name }) => name)).toEqual(['夜班', '白班']);
  expect(moved.cycle).toEqual([['crew-2', 'crew-1']]);
});

it('crews take the shifts in turn', () => {
  let roster = edit.addShift(edit.addShift(empty, '白班', '08:00'), '夜班', '20:00');
  for (const name of ['甲', '乙', '丙']) roster = edit.addCrew(roster, name);
  expect(edit.rotate(roster).cycle).toEqual([
    ['crew-1', 'crew-2'],
    ['crew-2', 'crew-3'],
    ['crew-3', 'crew-1'],
  ]);
});
