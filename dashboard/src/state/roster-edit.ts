import type { RosterBody } from '../../../contracts/http/staff.ts';

/** Every edit gives a whole roster whose rows fit its shifts, so that a half-made one can be shown and saved. */

type Row = RosterBody['cycle'][number];

export function addShift(roster: RosterBody, name: string, start: string): RosterBody {
  const id = freeId('shift', roster.shifts);
  const shifts = [...roster.shifts, { id, name, start }];
  return inOrder(withRows({ ...roster, shifts }, (row) => [...row, null]));
}

/** Swaps of a shift that is no more go with it. */
export function removeShift(roster: RosterBody, at: number): RosterBody {
  const gone = roster.shifts[at]?.id;
  const shifts = without(roster.shifts, at);
  const swaps = roster.swaps.filter(({ shift }) => shift !== gone);
  const next = withRows({ ...roster, shifts, swaps }, (row) => without(row, at));
  // A cycle of no shifts says nothing.
  return shifts.length === 0 ? { ...next, cycle: [], holidays: [] } : next;
}

export function changeShift(
  roster: RosterBody,
  at: number,
  change: Partial<Pick<RosterBody['shifts'][number], 'name' | 'start'>>,
): RosterBody {
  return inOrder({
    ...roster,
    shifts: roster.shifts.map((shift, i) => (i === at ? { ...shift, ...change } : shift)),
  });
}

export function addCrew(roster: RosterBody, name: string): RosterBody {
  return {
    ...roster,
    crews: [...roster.crews, { id: freeId('crew', roster.crews), name, members: [] }],
  };
}

export function removeCrew(roster: RosterBody, at: number): RosterBody {
  const gone = roster.crews[at]?.id;
  const next = { ...roster, crews: without(roster.crews, at) };
  return withRows(next, (row) => row.map((crew) => (crew === gone ? null : crew)));
}

/** So many days before it repeats; new days have nobody. */
export function setCycleDays(roster: RosterBody, days: number): RosterBody {
  const empty: Row = roster.shifts.map(() => null);
  return {
    ...roster,
    cycle: Array.from({ length: Math.min(400, days) }, (_, day) => roster.cycle[day] ?? empty),
  };
}

/** Crews take the shifts in turn, one further every day. */
export function rotate(roster: RosterBody): RosterBody {
  const { crews, shifts } = roster;
  if (crews.length === 0) return roster;
  const cycle = crews.map((_, day) => shifts.map((_, i) => crews[(day + i) % crews.length]?.id ?? null));
  return { ...roster, cycle };
}

export function setCell(roster: RosterBody, day: number, shift: number, crew: string | null): RosterBody {
  return { ...roster, cycle: roster.cycle.map((row, at) => (at === day ? put(row, shift, crew) : row)) };
}

/** A date that has no crews of its own yet begins with nobody. */
export function addHoliday(roster: RosterBody, date: string): RosterBody {
  if (roster.holidays.some((one) => one.date === date)) return roster;
  const holidays = [...roster.holidays, { date, crews: roster.shifts.map(() => null) }];
  return { ...roster, holidays: holidays.sort((a, b) => a.date.localeCompare(b.date)) };
}

export function setHoliday(roster: RosterBody, date: string, shift: number, crew: string | null): RosterBody {
  const holidays = roster.holidays.map((one) =>
    one.date === date ? { ...one, crews: put(one.crews, shift, crew) } : one,
  );
  return { ...roster, holidays };
}

/** One place earlier in the order of calling. */
export function up(list: readonly string[], who: string): string[] {
  const at = list.indexOf(who);
  if (at < 1) return [...list];
  const next = list.filter((one) => one !== who);
  next.splice(at - 1, 0, who);
  return next;
}

/** Shifts stand by their start; what stood under them moves along. */
function inOrder(roster: RosterBody): RosterBody {
  const order = roster.shifts
    .map((_, i) => i)
    .sort((a, b) => (roster.shifts[a]?.start ?? '').localeCompare(roster.shifts[b]?.start ?? ''));
  const sorted = { ...roster, shifts: order.flatMap((i) => roster.shifts[i] ?? []) };
  return withRows(sorted, (row) => order.map((i) => row[i] ?? null));
}

function withRows(roster: RosterBody, change: (row: Row) => Row): RosterBody {
  return {
    ...roster,
    cycle: roster.cycle.map(change),
    holidays: roster.holidays.map((one) => ({ ...one, crews: change(one.crews) })),
  };
}

function put(row: Row, at: number, crew: string | null): Row {
  return row.map((one, i) => (i === at ? crew : one));
}

function without<T>(list: readonly T[], at: number): T[] {
  return list.filter((_, i) => i !== at);
}

function freeId(stem: string, taken: readonly { readonly id: string }[]): string {
  for (let n = taken.length + 1; ; n += 1) {
    const id = `${stem}-${n}`;
    if (!taken.some((one) => one.id === id)) return id;
  }
}
