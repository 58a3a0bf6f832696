import { isNegative, parseDecimal } from '../units/decimal.ts';
import { checkReason } from './check-conditions.ts';
import type { Clock, Merge, Stop } from './compiled.ts';
import type { Compiled, Compiler } from './compiler.ts';
import { dailyWindow } from './daily-window.ts';
import { INSTANT, numberType, textType } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { ClockFile, MergeFile, StopFile } from './rule.ts';

const HOUR_MS = 3_600_000;

export function compileClock(clock: ClockFile, compiler: Compiler, path: string): Clock {
  const stops = (clock.stops ?? []).map((stop, i) => compileStop(stop, compiler, `${path}/stops/${i}`));
  const instant = (json: unknown, key: string) =>
    json === undefined ? null : compiler.typed(json, `${path}/${key}`, INSTANT);
  const { free_h, free } = clock;
  return {
    start: instant(clock.start, 'start'),
    end: instant(clock.end, 'end'),
    stops,
    free_h:
      free_h === undefined
        ? null
        : compiler.typed(free_h, `${path}/free_h`, numberType(new Map([['hour', 1]]))),
    free:
      free_h === undefined
        ? null
        : compiler.typed(free ?? 'threshold', `${path}/free`, textType(['deducted', 'threshold'])),
  };
}

/** Stands for an instant whose absence is a fault. */
const NONE: Compiled = { type: INSTANT, run: () => ({ at: 0 }) };

function compileStop(stop: StopFile, compiler: Compiler, path: string): Stop {
  const { reason, intervals, daily, from, to } = stop;
  checkReason(reason, compiler, `${path}/reason`);
  const forms = [intervals, daily, from ?? to].filter((one) => one !== undefined).length;
  if (forms !== 1 || (from === undefined) !== (to === undefined))
    compiler.fault(
      path,
      'wrong_form',
      'needs {intervals, reason}, {daily, reason}, or {from, to, reason} with two instants',
    );
  if (daily !== undefined) {
    const window = dailyWindow(daily.from, daily.to);
    if (window === null)
      compiler.fault(`${path}/daily`, 'wrong_form', 'needs from and to, two different times "HH:MM"');
    return { reason, daily: window ?? { from_ms: 0, to_ms: 0 } };
  }
  if (intervals !== undefined)
    return { reason, intervals, of: ownerOf(intervals, `${path}/intervals`, compiler) };
  const instant = (json: unknown, key: string) =>
    json === undefined ? NONE : compiler.typed(json, `${path}/${key}`, INSTANT);
  return { reason, from: instant(from, 'from'), to: instant(to, 'to') };
}

export function compileMerge({ gap_h, same, between }: MergeFile, compiler: Compiler, path: string): Merge {
  const text = gap_h?.below ?? gap_h?.at_most;
  const hours = text === undefined ? null : parseDecimal(text);
  const both = gap_h?.below !== undefined && gap_h.at_most !== undefined;
  if (gap_h !== undefined && (both || hours === null || isNegative(hours)))
    compiler.fault(`${path}/gap_h`, 'wrong_form', 'needs either below or at_most, hours as a decimal string');
  if (gap_h === undefined && same === undefined)
    compiler.fault(path, 'wrong_form', 'needs gap_h, same, or both');
  return {
    gap: hours === null ? null : { ms: hours.mul(BigInt(HOUR_MS)), inclusive: gap_h?.at_most !== undefined },
    same: same === undefined ? null : compiler.expression(same, `${path}/same`),
    betweenCounts: between === 'counts',
  };
}

/** Stretches are told with each interruption, or once for the case. */
function ownerOf(name: string, path: string, compiler: Compiler): 'interruption' | 'facts' {
  const { inputs = {} } = compiler.file;
  const of = inputs.interruption?.[name]?.type === 'intervals' ? 'interruption' : 'facts';
  const known = [...Object.entries(inputs.interruption ?? {}), ...Object.entries(inputs.facts ?? {})]
    .filter(([, { type }]) => type === 'intervals')
    .map(([one]) => one);
  if (!known.includes(name))
    compiler.fault(
      path,
      'unknown_field',
      `neither inputs.interruption nor inputs.facts declares intervals called '${name}'${nearest(name, known)}`,
    );
  compiler.uses(of, name);
  return of;
}
