import type { Fault } from '../units/fault.ts';
import type { Roster } from './roster.ts';

/** Everything in a roster that points nowhere or does not tile the day. */
export function checkRoster(roster: Roster, staff: ReadonlySet<string>): readonly Fault[] {
  const crews = new Set(roster.crews.map(({ id }) => id));
  return [
    ...checkShifts(roster),
    ...repeated('/crews', roster.crews),
    ...roster.crews.flatMap(({ members }, i) =>
      unknown(`/crews/${i}/members`, members, staff, 'unknown_staff'),
    ),
    ...unknown('/backups', roster.backups, staff, 'unknown_staff'),
    ...roster.cycle.flatMap((row, i) => checkRow(`/cycle/${i}`, row, roster, crews)),
    ...roster.holidays.flatMap((day, i) => checkRow(`/holidays/${i}/crews`, day.crews, roster, crews)),
    ...roster.leave.flatMap(({ person, from, to }, i) => [
      ...unknown(`/leave/${i}/person`, [person], staff, 'unknown_staff'),
      ...(from <= to ? [] : [fault(`/leave/${i}`, 'ends_before_it_begins', `${from} is after ${to}`)]),
    ]),
    ...checkSwaps(roster, staff),
  ];
}

function checkShifts({ shifts, cycle }: Roster): Fault[] {
  const faults = repeated('/shifts', shifts);
  shifts.forEach(({ start }, i) => {
    const before = shifts[i - 1]?.start;
    if (before !== undefined && start <= before) {
      faults.push(fault(`/shifts/${i}/start`, 'not_ascending', `${start} does not come after ${before}`));
    }
  });
  if (shifts.length === 0 && cycle.length > 0)
    faults.push(fault('/shifts', 'missing', 'a cycle needs shifts'));
  return faults;
}

function checkRow(
  path: string,
  row: readonly (string | null)[],
  { shifts }: Roster,
  crews: ReadonlySet<string>,
): Fault[] {
  const named = row.filter((crew) => crew !== null);
  const faults = unknown(path, named, crews, 'unknown_crew');
  if (row.length !== shifts.length) {
    faults.push(fault(path, 'wrong_length', `${row.length} crews for ${shifts.length} shifts`));
  }
  return faults;
}

function checkSwaps({ swaps, shifts }: Roster, staff: ReadonlySet<string>): Fault[] {
  const known = new Set(shifts.map(({ id }) => id));
  return swaps.flatMap((swap, i) => [
    ...unknown(`/swaps/${i}`, [swap.out, swap.in], staff, 'unknown_staff'),
    ...unknown(`/swaps/${i}/shift`, [swap.shift], known, 'unknown_shift'),
  ]);
}

function unknown(path: string, ids: readonly string[], known: ReadonlySet<string>, code: string): Fault[] {
  return ids.filter((id) => !known.has(id)).map((id) => fault(path, code, `'${id}' is not known`));
}

function repeated(path: string, entries: readonly { readonly id: string }[]): Fault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ id }, i) => {
    const again = seen.has(id);
    seen.add(id);
    return again ? [fault(`${path}/${i}/id`, 'repeated_id', `'${id}' stands twice`)] : [];
  });
}

function fault(path: string, code: string, message: string): Fault {
  return { path, code, message };
}
