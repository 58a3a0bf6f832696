import type { Fault } from '../units/fault.ts';
import type { Condition } from './compiled.ts';
import type { Compiler } from './compiler.ts';
import { contradiction } from './contradictions.ts';
import { nearest } from './nearest.ts';
import type { RuleFile } from './rule.ts';
import type { SchemeFile } from './scheme.ts';
import { isKeyed } from './values.ts';

/** Conditions that leave a rule nothing to pay for, or that can never matter. */
export function checkConditions(
  rule: RuleFile,
  { exclude, require }: { readonly exclude: readonly Condition[]; readonly require: readonly Condition[] },
  file: SchemeFile,
  path: string,
  faults: Fault[],
): void {
  const unreachable = (at: string, message: string) =>
    faults.push({ path: at, code: 'unreachable', message });
  for (const [i, { test }] of exclude.entries()) {
    if (test.type.always === true)
      unreachable(`${path}/exclude/${i}/if`, 'takes out every interruption: the rule is never reached');
    if (test.type.always === false)
      unreachable(`${path}/exclude/${i}/if`, 'never holds: it takes nothing out');
  }
  for (const [i, { test }] of require.entries()) {
    if (test.type.always === false)
      unreachable(`${path}/require/${i}/if`, 'never holds: the rule is never reached');
    if (test.type.always === true)
      unreachable(`${path}/require/${i}/if`, 'always holds: its reason is never given');
  }
  checkContradictions(rule, file, path, unreachable);
}

type Tell = (at: string, message: string) => void;

function checkContradictions(rule: RuleFile, file: SchemeFile, path: string, unreachable: Tell): void {
  const taken = new Set<string>();
  for (const [i, given] of (rule.exclude ?? []).entries()) {
    const test = typeof given === 'string' ? file.exemptions?.[given]?.if : given.if;
    if (test === undefined) continue;
    const text = JSON.stringify(test);
    const opposite =
      isKeyed(test) && 'not' in test ? JSON.stringify(test.not) : JSON.stringify({ not: test });
    if (taken.has(text)) unreachable(`${path}/exclude/${i}/if`, 'is the same condition as an earlier one');
    if (taken.has(opposite))
      unreachable(
        `${path}/exclude/${i}/if`,
        'is the opposite of an earlier one: together they take out every interruption',
      );
    taken.add(text);
  }
  const asked = (rule.require ?? []).map(({ if: test }) => ({ test, holds: true }));
  // A part that is one interruption of the ledger is what exclude has seen.
  const alone = rule.per === 'interruption' && rule.merge === undefined && rule.clock === undefined;
  const left = alone ? [...taken].map((text) => ({ test: JSON.parse(text), holds: false })) : [];
  const i = contradiction([...left, ...asked]) - left.length;
  if (i >= 0)
    unreachable(
      `${path}/require/${i}/if`,
      'cannot hold together with the conditions before it: the rule is never reached',
    );
  if (rule.per !== 'interruption') return;
  for (const [i, { if: test }] of (rule.require ?? []).entries()) {
    if (taken.has(JSON.stringify(test)))
      unreachable(`${path}/require/${i}/if`, 'asks for what exclude takes out: the rule is never reached');
  }
}

export function checkReason(reason: string, { file, fault }: Compiler, path: string): void {
  const known = Object.keys(file.reasons);
  if (!known.includes(reason))
    fault(path, 'unknown_reason', `reasons has no words for '${reason}'${nearest(reason, known)}`);
}
