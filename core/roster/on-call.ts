import type { Instant } from '../units/time.ts';
import type { Leave, Roster } from './roster.ts';
import { crewOf, type ShiftSpan, shiftAt } from './shift-at.ts';

export interface OnCall {
  readonly shift: ShiftSpan | null;
  readonly crew: string | null;
  /** Person ids in the order to call them: the crew, then the backups; nobody twice, nobody on leave. */
  readonly order: readonly string[];
}

export function onCallAt(roster: Roster, zone: string, at: Instant): OnCall {
  const shift = shiftAt(roster, zone, at);
  if (shift === null) return { shift, crew: null, order: [...new Set(roster.backups)] };
  const crew = crewOf(roster, shift);
  const members = roster.crews.find(({ id }) => id === crew)?.members ?? [];
  const serving = members.flatMap((person) => standIn(person, roster, shift));
  const present = [...serving, ...roster.backups].filter(
    (person) => !isAway(person, roster.leave, shift.date),
  );
  return { shift, crew, order: [...new Set(present)] };
}

/** Who comes in a member's place, who may be handed on in turn. */
function standIn(person: string, { swaps, shifts }: Roster, { date, index }: ShiftSpan): readonly string[] {
  const ofShift = swaps.filter((swap) => swap.date === date && swap.shift === shifts[index]?.id);
  let serving = person;
  for (const swap of ofShift) if (swap.out === serving) serving = swap.in;
  return [serving];
}

function isAway(person: string, leave: readonly Leave[], date: string): boolean {
  return leave.some((one) => one.person === person && one.from <= date && date <= one.to);
}
