import type { LocalDate } from '../units/civil.ts';
import { isWorkingDay } from '../units/working-days.ts';
import { checkKeys } from './arguments.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { dailyWindow, withinWindow } from './daily-window.ts';
import { elapsed_ms, intervalText, timeIn, UNITS } from './elapsed.ts';
import { numberType } from './kinds.ts';
import type { Scope } from './scope.ts';
import { consequence, isKeyed, NOTHING, traced } from './values.ts';
import { calendarArgument, workCalendar } from './work-calendar.ts';

/** Counted time by the wall clock. */
export const ELAPSED_BETWEEN: Operators = {
  /**
   * `{unit, from: "18:00", to: "22:00", days?: working | other, calendar?}`: counted time inside these hours, every day or on
   * days worked or not. Hours that reach over midnight are of the day on which they begin.
   */
  elapsed_between: (json, path, compiler) => {
    const window = isKeyed(json) ? dailyWindow(json.from, json.to) : null;
    const length = isKeyed(json) && typeof json.unit === 'string' ? UNITS[json.unit] : undefined;
    if (!isKeyed(json) || window === null || length === undefined)
      return compiler.fault(
        path,
        'wrong_form',
        'needs {unit: minute, hour or day, from: "HH:MM", to: "HH:MM", days?}',
      );
    const { chosen, rest } = daysOf(json, path, compiler);
    checkKeys(rest, path, compiler, ['unit', 'from', 'to']);
    const unit = String(json.unit);
    return {
      type: numberType(new Map([[unit, 1]]), { low: NOTHING }),
      run: (scope) => {
        const counts = chosen(scope);
        const inside = scope.pieces.flatMap((piece) => withinWindow(piece, window, scope.zone, counts));
        const inputs = [unit, ...inside.map(intervalText)];
        return traced(scope, path, 'elapsed_between', inputs, timeIn(elapsed_ms(inside), length));
      },
    };
  },
};

type OnDay = (date: LocalDate) => boolean;

/** Which days count, and the arguments that say nothing of it. */
function daysOf(
  json: Readonly<Record<string, unknown>>,
  path: string,
  compiler: Compiler,
): { readonly chosen: (scope: Scope) => OnDay; readonly rest: Readonly<Record<string, unknown>> } {
  const { days, ...others } = json;
  const { args, rest } = calendarArgument(others, path, compiler, days !== undefined);
  if (days === undefined) return { chosen: () => () => true, rest };
  if (days !== 'working' && days !== 'other')
    compiler.fault(`${path}/days`, 'not_allowed', 'must be working or other; left out, every day counts');
  return { chosen: (scope) => workedOrNot(scope, args, days === 'working', path), rest };
}

function workedOrNot(scope: Scope, name: Compiled | null, wanted: boolean, path: string): OnDay {
  const calendar = workCalendar(name, scope);
  return (date) => {
    const working = calendar === null ? false : isWorkingDay(date, calendar);
    if (working === null) consequence(scope, `${path}/calendar`, 'calendar_ends');
    return working === wanted;
  };
}
