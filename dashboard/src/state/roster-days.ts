import type { RosterBody } from '../../../contracts/http/staff.ts';

const DAY_MS = 86_400_000;

export interface DayDuty {
  readonly holiday: boolean;
  readonly shifts: readonly {
    readonly shift: string;
    /** Person ids, swaps applied. */
    readonly members: readonly string[];
    readonly swaps: readonly RosterBody['swaps'][number][];
  }[];
}

/** `2026-11-26` and a number of days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Who has each shift that starts on a local date. */
export function dutyOn(roster: RosterBody, date: string): DayDuty {
  const holiday = roster.holidays.find((one) => one.date === date);
  const crews = holiday?.crews ?? rowOf(roster, date);
  const shifts = roster.shifts.map(({ id }, i) => {
    const swaps = roster.swaps.filter((swap) => swap.date === date && swap.shift === id);
    const crew = roster.crews.find((one) => one.id === crews[i])?.members ?? [];
    return { shift: id, members: [...new Set(crew.map((person) => standIn(person, swaps)))], swaps };
  });
  return { holiday: holiday !== undefined, shifts };
}

export function isAway({ leave }: RosterBody, person: string, date: string): boolean {
  return leave.some((one) => one.person === person && one.from <= date && date <= one.to);
}

function rowOf({ anchor, cycle }: RosterBody, date: string): readonly (string | null)[] {
  if (cycle.length === 0) return [];
  const days = Math.round((Date.parse(`${date}T00:00:00Z`) - Date.parse(`${anchor}T00:00:00Z`)) / DAY_MS);
  return cycle[((days % cycle.length) + cycle.length) % cycle.length] ?? [];
}

function standIn(person: string, swaps: readonly RosterBody['swaps'][number][]): string {
  let serving = person;
  for (const swap of swaps) if (swap.out === serving) serving = swap.in;
  return serving;
}
