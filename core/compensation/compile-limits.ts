import type { Fault } from '../units/fault.ts';
import type { PeriodRule } from '../units/periods.ts';
import type { Group, Limit } from './compiled.ts';
import { compilerFor, type Reading } from './expressions.ts';
import { MONEY, numberType } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { GroupFile, LimitFile } from './rule.ts';

type Levels = ReadonlyMap<string, number>;

/** What was paid under a limit is remembered by its id. */
export function checkIds(named: readonly { readonly id: string }[], path: string, faults: Fault[]): void {
  const seen = new Set<string>();
  for (const [i, { id }] of named.entries()) {
    if (seen.has(id))
      faults.push({ path: `${path}/${i}/id`, code: 'duplicate', message: `'${id}' is given twice` });
    seen.add(id);
  }
}

export function compileGroup(group: GroupFile, levels: Levels, path: string, faults: Fault[]): Group {
  checkRules(group.rules, levels, path, faults);
  return {
    path,
    level: levelOf(group.rules, levels),
    rules: group.rules,
    pay: group.pay,
    per: periodRule(group.per),
  };
}

/** `standing`: the rules a limit means that names none. */
export function compileLimit(
  limit: LimitFile,
  levels: Levels,
  standing: readonly string[],
  reading: Reading,
  path: string,
): Limit {
  const rules = limit.rules ?? standing;
  checkRules(rules, levels, path, reading.faults);
  const compiler = compilerFor(reading, { interruption: limit.per === 'interruption', entry: null });
  const money = numberType(MONEY);
  const most = compiler.typed(limit.most, `${path}/most`, money);
  if (most.type.high?.lte(0n) === true)
    reading.faults.push({
      path: `${path}/most`,
      code: 'unreachable',
      message: 'leaves nothing that could be paid',
    });
  return {
    id: limit.id,
    path,
    level: levelOf(rules, levels),
    rules: new Set(rules),
    per: periodRule(limit.per),
    apportioned: typeof limit.per === 'object' && limit.per.apportion === 'hours',
    most,
    used: limit.used === undefined ? null : compiler.typed(limit.used, `${path}/used`, money),
  };
}

function periodRule(per: GroupFile['per']): Group['per'] {
  return typeof per === 'string'
    ? per
    : ({ period: per.period, starting: per.starting ?? '01-01' } satisfies PeriodRule);
}

function levelOf(rules: readonly string[], levels: Levels): number {
  return Math.max(0, ...rules.map((id) => levels.get(id) ?? 0));
}

function checkRules(rules: readonly string[], levels: Levels, path: string, faults: Fault[]): void {
  for (const [i, id] of rules.entries()) {
    if (rules.indexOf(id) < i)
      faults.push({ path: `${path}/rules/${i}`, code: 'duplicate', message: `rule '${id}' is listed twice` });
    if (levels.has(id)) continue;
    faults.push({
      path: `${path}/rules/${i}`,
      code: 'unknown_rule',
      message: `no rule of this version is called '${id}'${nearest(id, levels.keys())}`,
    });
  }
}
