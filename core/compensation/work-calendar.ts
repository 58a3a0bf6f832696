import { dayOfDate } from '../units/civil.ts';
import type { WorkCalendar } from '../units/working-days.ts';
import type { Compiled, Compiler } from './compiler.ts';
import { textType } from './kinds.ts';
import type { CalendarFile } from './scheme.ts';
import type { Scope } from './scope.ts';
import { doubt, isKeyed, refuse } from './values.ts';

export function readCalendar({ weekend, holidays, workdays, from, to }: CalendarFile): WorkCalendar {
  return {
    weekend: weekend ?? [6, 7],
    holidays: new Set(holidays),
    workdays: new Set(workdays ?? []),
    from: from ?? null,
    to: to ?? null,
  };
}

/** Takes `calendar` out of an operator's arguments; without it the scheme's only calendar is meant. */
export function calendarArgument(
  json: unknown,
  path: string,
  compiler: Compiler,
  needed: boolean,
): { readonly args: Compiled | null; readonly rest: Readonly<Record<string, unknown>> } {
  if (!isKeyed(json)) return { args: null, rest: {} };
  const { calendar, ...rest } = json;
  const known = Object.keys(compiler.file.calendars ?? {});
  if (!needed) {
    if (calendar !== undefined)
      compiler.fault(`${path}/calendar`, 'unknown_key', 'only working days need a calendar');
    return { args: null, rest };
  }
  if (calendar === undefined && known.length !== 1) {
    compiler.fault(
      `${path}/calendar`,
      'missing',
      known.length === 0
        ? 'the scheme declares no calendars: working days need one with its holidays'
        : `must say which calendar: ${known.join(', ')}`,
    );
    return { args: null, rest };
  }
  const name = compiler.typed(calendar ?? known[0], `${path}/calendar`, textType(known));
  // Which one a case chooses is not known here.
  const chosen = name.type.values ?? known;
  for (const one of chosen) {
    const fact = compiler.file.calendars?.[one]?.fact;
    if (fact !== undefined) compiler.uses('facts', fact);
  }
  return { args: name, rest };
}

export function workCalendar(name: Compiled | null, scope: Scope): WorkCalendar | null {
  if (name === null) return null;
  const chosen = name.run(scope);
  const key = typeof chosen === 'string' ? chosen : '';
  const calendar = scope.scheme.calendars.get(key);
  const file = scope.scheme.file.calendars?.[key];
  if (calendar === undefined || file === undefined) {
    refuse(scope, `calendars/${key}`, 'no_case');
    return null;
  }
  doubt(scope, `calendars/${key}`, file.unverified);
  return file.fact === undefined ? calendar : withFact(calendar, file.fact, scope);
}

/** Holidays that the case names besides. */
function withFact(calendar: WorkCalendar, fact: string, scope: Scope): WorkCalendar | null {
  const given = scope.case.facts[fact];
  const dates = Array.isArray(given) ? given : null;
  if (dates === null || !dates.every((one) => typeof one === 'string' && dayOfDate(one) !== null)) {
    refuse(scope, `facts/${fact}`, given === undefined ? 'missing_input' : 'not_a_list_of_dates');
    return null;
  }
  return { ...calendar, holidays: new Set([...calendar.holidays, ...dates.map(String)]) };
}
