import { isPositive, parseDecimal } from '../units/decimal.ts';
import { minorUnit } from '../units/money.ts';
import { isRoundingMode } from '../units/rounding.ts';
import { checkConditions, checkReason } from './check-conditions.ts';
import { compileClock, compileMerge } from './compile-time.ts';
import type { Claim, Condition, Per, Rule } from './compiled.ts';
import type { Compiler } from './compiler.ts';
import { compilerFor, type Reading, usedName } from './expressions.ts';
import { DATE, FLAG, MONEY, numberType, TEXT } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { ClaimFile, ConditionFile, PerFile, RuleFile } from './rule.ts';

const ALONE = { interruption: true, entry: null } as const;
const WHOLE = { interruption: false, entry: null } as const;

export function compileRule(
  rule: RuleFile,
  reading: Reading,
  levels: ReadonlyMap<string, number>,
  path: string,
): Rule {
  const { faults } = reading;
  if (levels.has(rule.id))
    faults.push({ path: `${path}/id`, code: 'duplicate', message: `rule '${rule.id}' is given twice` });
  const one = compilerFor(reading, ALONE);
  const per = compilePer(rule.per, one, path);
  const ofPart = compilerFor(reading, {
    ...WHOLE,
    interruption: per.kind === 'interruption' || per.kind === 'window' || per.kind === 'group',
  });
  const whole = compilerFor(reading, WHOLE);

  const exclude = (rule.exclude ?? []).map((given, i) => exclusion(given, one, `${path}/exclude/${i}`));
  const clock = compileClock(rule.clock ?? {}, one, `${path}/clock`);
  const merge = rule.merge === undefined ? null : compileMerge(rule.merge, one, `${path}/merge`);
  const steps = compileSteps(rule, ofPart, reading, path);
  const amount = ofPart.typed(rule.amount, `${path}/amount`, numberType(MONEY));
  if (amount.type.high?.lte(0n) === true)
    faults.push({ path: `${path}/amount`, code: 'unreachable', message: 'the rule can never pay anything' });
  const require = (rule.require ?? []).map((given, i) => condition(given, ofPart, `${path}/require/${i}`));
  const claim = rule.claim === undefined ? null : compileClaim(rule.claim, ofPart, reading, `${path}/claim`);
  const payers =
    typeof rule.payer === 'string'
      ? [{ payer: rule.payer, share: null }]
      : rule.payer.map(({ payer, share }, i) => ({
          payer,
          share: whole.typed(share, `${path}/payer/${i}/share`, numberType(null)),
        }));
  checkConditions(rule, { exclude, require }, reading.file, path, faults);
  return {
    id: rule.id,
    path,
    unverified: rule.unverified ?? null,
    payers,
    recourse: rule.recourse === undefined ? null : whole.typed(rule.recourse, `${path}/recourse`, TEXT),
    payee: rule.payee === undefined ? null : whole.typed(rule.payee, `${path}/payee`, TEXT),
    exclude,
    clock,
    merge,
    per,
    require,
    claim,
    steps,
    amount,
    round: roundingOf(rule, reading, path),
    due: rule.due === undefined || rule.due === null ? null : whole.typed(rule.due, `${path}/due`, DATE),
    level: levelAbove([...reading.builtOn, ...reading.after], levels),
    derived: reading.builtOn.size > 0,
  };
}

function levelAbove(before: readonly string[], levels: ReadonlyMap<string, number>): number {
  return Math.max(0, ...before.map((id) => (levels.get(id) ?? 0) + 1));
}

function compileSteps(
  rule: RuleFile,
  compiler: Compiler,
  { steps, faults }: Reading,
  path: string,
): Rule['steps'] {
  return (rule.steps ?? []).map(({ name, is }, i) => {
    const compiled = compiler.expression(is, `${path}/steps/${i}/is`);
    if (steps.has(name))
      faults.push({
        path: `${path}/steps/${i}/name`,
        code: 'duplicate',
        message: `step '${name}' is given twice`,
      });
    steps.set(name, compiled.type);
    return { name, is: compiled };
  });
}

/** A condition with its reason, or the name of one of the scheme's exemptions. */
function exclusion(given: ConditionFile | string, compiler: Compiler, path: string): Condition {
  if (typeof given !== 'string') return condition(given, compiler, path);
  const exemptions = compiler.file.exemptions ?? {};
  const named = exemptions[given];
  if (named !== undefined) return condition(named, compiler, `/exemptions/${given}`);
  const known = Object.keys(exemptions);
  const test = compiler.fault(
    path,
    'unknown_exemption',
    `no exemption is called '${given}'; there are ${known.join(', ')}${nearest(given, known)}`,
  );
  return { test, reason: given };
}

function condition({ if: test, reason }: ConditionFile, compiler: Compiler, path: string): Condition {
  checkReason(reason, compiler, `${path}/reason`);
  return { test: compiler.typed(test, `${path}/if`, FLAG), reason };
}

function compilePer(per: PerFile, compiler: Compiler, path: string): Per {
  if (per === 'month') return { kind: 'period', rule: { period: 'month', starting: '01-01' }, by: 'time' };
  if (typeof per === 'string') return { kind: per };
  if ('period' in per)
    return { kind: 'period', rule: { period: per.period, starting: per.starting ?? '01-01' }, by: per.by };
  if ('group' in per) return { kind: 'group', key: compiler.expression(per.group, `${path}/per/group`) };
  const { months, days, year_starting } = per.window;
  const given = [months, days, year_starting].filter((one) => one !== undefined);
  if (given.length !== 1)
    compiler.fault(`${path}/per/window`, 'wrong_form', 'needs exactly one of months, days, year_starting');
  const { pays } = per;
  if (months !== undefined) return { kind: 'window', window: { kind: 'months', count: months }, pays };
  if (days !== undefined) return { kind: 'window', window: { kind: 'days', count: days }, pays };
  const rule = { period: 'year', starting: year_starting ?? '01-01' } as const;
  return { kind: 'window', window: { kind: 'year', rule }, pays };
}

function compileClaim(claim: ClaimFile, compiler: Compiler, reading: Reading, path: string): Claim {
  const spec = compiler.file.inputs?.facts?.[claim.applied];
  if (spec === undefined || (spec.type !== 'instant' && spec.type !== 'date'))
    compiler.fault(
      `${path}/applied`,
      'unknown_fact',
      `inputs.facts declares no instant or date called '${claim.applied}'`,
    );
  reading.used.add(usedName('facts', claim.applied));
  return {
    automatic: compiler.typed(claim.automatic, `${path}/automatic`, FLAG),
    applied: claim.applied,
    until: claim.until === null ? null : compiler.typed(claim.until, `${path}/until`, DATE),
  };
}

/** The amount must come out in whole minor units, or rounding would happen twice. */
function roundingOf(rule: RuleFile, { file, faults }: Reading, path: string): Rule['round'] {
  const { currency } = file;
  const unit = parseDecimal(rule.round.to);
  const whole = unit !== null && isPositive(unit) && unit.div(minorUnit(currency)).d === 1n;
  if (!whole)
    faults.push({
      path: `${path}/round/to`,
      code: 'wrong_form',
      message: `must be a multiple of the minor unit of ${currency}`,
    });
  const mode = isRoundingMode(rule.round.mode) ? rule.round.mode : null;
  if (mode === null)
    faults.push({
      path: `${path}/round/mode`,
      code: 'not_allowed',
      message: `'${rule.round.mode}' is no rounding mode; there are half_up, half_even, half_down, up, down, ceiling, floor`,
    });
  return { mode: mode ?? 'half_up', unit: whole ? unit : minorUnit(currency), at: rule.round.at };
}
