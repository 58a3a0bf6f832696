import type { SchemeDetailFile } from './scheme-file.ts';

/** One step of a calculation as it was kept with the claim. */
export interface TraceLine {
  readonly rule: string;
  readonly part: string;
  readonly path: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly value: string;
}

export interface RuleTrace {
  readonly rule: string;
  /** What a reader needs to follow the amount. */
  readonly main: readonly TraceLine[];
  readonly all: readonly TraceLine[];
}

/** Steps that carry the amount forward; the rest are the small ones between them. */
const MAIN = new Set([
  'version',
  'presumed',
  'attributed',
  'step',
  'amount',
  'round',
  'limit',
  'owed',
  'due',
  'split',
  'group',
  'claim',
  'conflict',
  'already_owed',
  'ledger_minutes',
  'counted_minutes',
  'payee',
  'recourse',
  'voided',
]);

export function readTrace(trace: readonly unknown[]): readonly TraceLine[] {
  return trace.flatMap((line) => {
    if (typeof line !== 'object' || line === null) return [];
    const given = line as Record<string, unknown>;
    const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '');
    const inputs = Array.isArray(given.inputs) ? given.inputs.map(String) : [];
    const named = { rule: text('rule'), part: text('part'), path: text('path'), op: text('op') };
    return [{ ...named, inputs, value: text('value') }];
  });
}

/** By rule, in the order of the calculation; rules that owe nothing and doubts are told apart. */
export function traceByRule(lines: readonly TraceLine[]): {
  readonly rules: readonly RuleTrace[];
  readonly notOwed: readonly { readonly rule: string; readonly reason: string }[];
  readonly doubts: readonly { readonly path: string; readonly note: string }[];
} {
  const notOwed = lines.filter(({ op, path }) => op === 'not_owed' && path === '');
  const silent = new Set(notOwed.map(({ rule }) => rule));
  const told = lines.filter(({ op, path }) => op !== 'unverified' && !(op === 'not_owed' && path === ''));
  const rules = [...new Set(told.map(({ rule }) => rule))].map((rule) => {
    const all = told.filter((line) => line.rule === rule);
    return { rule, main: all.filter(({ op }) => MAIN.has(op)), all };
  });
  return {
    // What a rule that owes nothing went through is read under its reason.
    rules: rules.filter(({ rule, all }) => !silent.has(rule) || all.some(({ op }) => op === 'owed')),
    notOwed: notOwed.map(({ rule, value }) => ({ rule, reason: value })),
    doubts: lines.filter(({ op }) => op === 'unverified').map(({ path, value }) => ({ path, note: value })),
  };
}

/** `455/558` is exact and tells a reader little: the nearest decimal is said beside it. */
export function nearDecimal(value: string): number | null {
  const [, above, below] = /^(-?\d+)\/(\d+)$/.exec(value) ?? [];
  if (above === undefined || below === undefined) return null;
  const near = Number(above) / Number(below);
  return Number.isFinite(near) ? near : null;
}

/** The words of the scheme file a step was worked out from. */
export function clauseAt(file: SchemeDetailFile | null, path: string): string | null {
  let at: unknown = file;
  for (const segment of path.split('/').filter(Boolean)) {
    if (typeof at !== 'object' || at === null) return null;
    at = (at as Record<string, unknown>)[segment];
  }
  return at === undefined || at === file ? null : JSON.stringify(at);
}
