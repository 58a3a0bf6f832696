import { isTimeZone } from '../units/calendar.ts';
import { dayOfDate } from '../units/civil.ts';
import { parseDecimal } from '../units/decimal.ts';
import { type Fault, pointerStep } from '../units/fault.ts';
import { inputValue } from './input-types.ts';
import { parseUnit } from './kinds.ts';
import type { Parameter, SchemeFile, SchemeVersionFile } from './scheme.ts';
import { isCode, parameterValue } from './values.ts';

/** What can be said of a scheme without reading its rules. */
export function checkScheme(file: SchemeFile, faults: Fault[]): void {
  const fault = (path: string, code: string, message: string) => faults.push({ path, code, message });
  if (file.timeZone !== null && !isTimeZone(file.timeZone))
    fault('/timeZone', 'unknown_time_zone', `'${file.timeZone}' is no time zone`);
  for (const [name, spec] of Object.entries(file.parameters))
    checkParameter(spec, `/parameters/${pointerStep(name)}`, fault);
  for (const [group, inputs] of Object.entries(file.inputs ?? {})) {
    for (const [name, spec] of Object.entries(inputs)) {
      const path = `/inputs/${group}/${pointerStep(name)}`;
      checkUnit(spec.unit, path, fault);
      const value = spec.default === undefined ? null : inputValue(spec, spec.default);
      if (value !== null && isCode(value))
        fault(`${path}/default`, value.code, 'the default is no value of this input');
    }
  }
  for (const [name, { unit, values }] of Object.entries(file.series ?? {})) {
    const path = `/series/${pointerStep(name)}`;
    checkUnit(unit, path, fault);
    checkDates(
      values.map(({ from }) => from),
      `${path}/values`,
      fault,
    );
  }
  for (const [name, { unit }] of Object.entries(file.tables ?? {}))
    checkUnit(unit, `/tables/${pointerStep(name)}`, fault);
  for (const [name, { holidays, workdays = [] }] of Object.entries(file.calendars ?? {})) {
    const path = `/calendars/${pointerStep(name)}`;
    checkDates(holidays, `${path}/holidays`, fault);
    checkDates(workdays, `${path}/workdays`, fault);
  }
}

type Tell = (path: string, code: string, message: string) => void;

function checkParameter(spec: Parameter, path: string, fault: Tell): void {
  checkUnit(spec.unit, path, fault);
  const [low, high] = [parseDecimal(spec.min ?? ''), parseDecimal(spec.max ?? '')];
  if (low && high?.lt(low)) fault(`${path}/max`, 'out_of_range', 'is below min');
  if (spec.type === 'choice' && (spec.values === undefined || spec.values.length === 0)) {
    fault(`${path}/values`, 'missing', 'a choice needs values');
  } else if (spec.default !== undefined) {
    const value = parameterValue(spec, spec.default);
    if (isCode(value)) fault(`${path}/default`, value.code, 'the default is no value of this parameter');
  }
}

function checkUnit(unit: string | undefined, path: string, fault: Tell): void {
  if (unit !== undefined && parseUnit(unit) === null)
    fault(`${path}/unit`, 'wrong_form', `'${unit}' is no unit: names joined by * and /, such as money/kWh`);
}

function checkDates(dates: readonly string[], path: string, fault: Tell): void {
  const seen = new Set<string>();
  for (const [i, date] of dates.entries()) {
    if (dayOfDate(date) === null) fault(`${path}/${i}`, 'wrong_form', `'${date}' is no date`);
    if (seen.has(date)) fault(`${path}/${i}`, 'duplicate', `${date} is given twice`);
    seen.add(date);
  }
}

/** One version at most is in force on any day; a day without one is allowed and refuses what began on it. */
export function checkVersions(versions: readonly SchemeVersionFile[], faults: Fault[]): void {
  const inOrder = versions
    .map((version, i) => ({ ...version, i }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [n, { i, from, to }] of inOrder.entries()) {
    const next = inOrder[n + 1];
    const path = `/versions/${i}`;
    for (const [key, date] of Object.entries({ from, to })) {
      if (date !== null && dayOfDate(date) === null)
        faults.push({ path: `${path}/${key}`, code: 'wrong_form', message: `'${date}' is no date` });
    }
    if (to !== null && to < from) {
      faults.push({ path: `${path}/to`, code: 'out_of_range', message: 'ends before it begins' });
    }
    if (next !== undefined && (to === null || to >= next.from)) {
      faults.push({ path: `${path}/to`, code: 'overlap', message: `overlaps the version from ${next.from}` });
    }
  }
}

/** An exemption no rule names is never read. */
export function checkExemptions({ exemptions = {}, versions }: SchemeFile, faults: Fault[]): void {
  const named = new Set(
    versions.flatMap(({ rules }) => rules.flatMap(({ exclude = [] }): readonly unknown[] => exclude)),
  );
  for (const name of Object.keys(exemptions)) {
    if (!named.has(name))
      faults.push({ path: `/exemptions/${name}`, code: 'unused', message: `no rule excludes by '${name}'` });
  }
}
