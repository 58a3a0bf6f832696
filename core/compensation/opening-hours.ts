import { atWallClock, localDay, plusDays } from '../units/calendar.ts';
import { isWorkingDay } from '../units/working-days.ts';
import { asDate, asInstant, checkKeys, EPOCH, named } from './arguments.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { clockOf } from './daily-window.ts';
import { DATE, FLAG, INSTANT } from './kinds.ts';
import type { Scope } from './scope.ts';
import { consequence, isKeyed, textOf, traced } from './values.ts';
import { calendarArgument, workCalendar } from './work-calendar.ts';

/** Working days and opening hours. */
export const OPENING_HOURS: Operators = {
  /** `{on: date, calendar?}` */
  working_day: (json, path, compiler) => {
    const { args, rest } = calendarArgument(json, path, compiler, true);
    return named('working_day', { on: { type: DATE } }, FLAG, ([on], scope, at) => {
      const calendar = workCalendar(args, scope);
      const working = calendar === null ? null : isWorkingDay(asDate(on), calendar);
      if (working !== null) return working;
      consequence(scope, `${at}/calendar`, 'calendar_ends');
      return false;
    })(rest, path, compiler);
  },

  /** `{at, working: ["07:00", "19:00"], other: ["09:00", "17:00"] | null, calendar?}`: the instant itself in opening hours, else the next opening. */
  opening: (json, path, compiler) => opening(json, path, compiler),
};

/** A deadline that never opens within a year is no opening. */
const DAYS_LOOKED_AT = 400;

function opening(json: unknown, path: string, compiler: Compiler): Compiled {
  if (!isKeyed(json))
    return compiler.fault(path, 'wrong_form', 'opening needs {at, working, other, calendar?}');
  const { args, rest } = calendarArgument(json, path, compiler, true);
  checkKeys(rest, path, compiler, ['at', 'working', 'other']);
  const at = compiler.typed(json.at, `${path}/at`, INSTANT);
  const [working, other] = [hoursOf(json.working), hoursOf(json.other)];
  if (working === null) return compiler.fault(`${path}/working`, 'wrong_form', 'must be ["HH:MM", "HH:MM"]');
  return {
    type: INSTANT,
    run: (scope) => {
      const asked = asInstant(at.run(scope));
      const calendar = workCalendar(args, scope);
      const found =
        calendar === null
          ? null
          : nextOpening(asked, scope, (date) => {
              const isWorking = isWorkingDay(date, calendar);
              return isWorking === null ? undefined : isWorking ? working : other;
            });
      if (found === null) consequence(scope, `${path}/calendar`, 'calendar_ends');
      return traced(scope, path, 'opening', [textOf({ at: asked })], { at: found ?? asked });
    },
  };
}

type Hours = readonly [number, number];

function hoursOf(json: unknown): Hours | null {
  if (!Array.isArray(json) || json.length !== 2) return null;
  const [from, to] = [clockOf(json[0]), clockOf(json[1])];
  return from === null || to === null || to <= from ? null : [from, to];
}

function nextOpening(
  at: number,
  { zone }: Scope,
  hoursOn: (date: string) => Hours | null | undefined,
): number | null {
  const today = localDay(at, zone);
  for (let ahead = 0; ahead < DAYS_LOOKED_AT; ahead += 1) {
    const date = plusDays(EPOCH, today + ahead);
    const hours = hoursOn(date);
    if (hours === undefined) return null;
    if (hours === null) continue;
    const [opens, closes] = [atWallClock(date, hours[0], zone), atWallClock(date, hours[1], zone)];
    if (at < closes) return Math.max(at, opens);
  }
  return null;
}
