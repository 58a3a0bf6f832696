import { type Fault, pointerStep } from '../units/fault.ts';
import { checkExemptions, checkScheme, checkVersions } from './check-scheme.ts';
import { checkIds, compileGroup, compileLimit } from './compile-limits.ts';
import { compileRule } from './compile-rule.ts';
import type { Group, Limit, Rule, Scheme, SchemeVersion } from './compiled.ts';
import type { UsedGroup } from './compiler.ts';
import { compilerFor, type Reading } from './expressions.ts';
import type { SchemeFile, SchemeVersionFile } from './scheme.ts';
import { readCalendar } from './work-calendar.ts';

/** A definition is read wherever it is used; those that use each other twice would double without end. */
const EXPRESSIONS_MOST = 50_000;

export type Compiling =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads every expression of a scheme whose shape has been checked; all faults, each with its path, or a scheme to assess by. */
export function compileScheme(file: SchemeFile): Compiling {
  const faults: Fault[] = [];
  const used = new Set<string>();
  const budget = { left: EXPRESSIONS_MOST };
  checkScheme(file, faults);
  checkVersions(file.versions, faults);
  const versions = file.versions.map((version, i) =>
    compileVersion(version, file, `/versions/${i}`, used, faults, budget),
  );
  checkExemptions(file, faults);
  checkUnused(file, used, faults);
  const calendars = new Map(
    Object.entries(file.calendars ?? {}).map(([name, one]) => [name, readCalendar(one)]),
  );
  return faults.length === 0 ? { ok: true, scheme: { file, versions, calendars } } : { ok: false, faults };
}

function compileVersion(
  version: SchemeVersionFile,
  file: SchemeFile,
  path: string,
  used: Set<string>,
  faults: Fault[],
  budget: Reading['budget'],
): SchemeVersion {
  const rules: Rule[] = [];
  const levels = new Map<string, number>();
  for (const [j, rule] of version.rules.entries()) {
    const later = version.rules.slice(j).map(({ id }) => id);
    const reading = readingOf(file, new Set(levels.keys()), later, used, faults, budget);
    const compiled = compileRule(rule, reading, levels, `${path}/rules/${j}`);
    rules.push(compiled);
    levels.set(compiled.id, compiled.level);
  }
  const reading = readingOf(file, new Set(levels.keys()), [], used, faults, budget);
  const { conflict, groups = [], limits = [] } = version;
  checkIds(groups, `${path}/groups`, faults);
  checkIds(limits, `${path}/limits`, faults);
  const standing = rules.filter(({ derived }) => !derived).map(({ id }) => id);
  return {
    path,
    from: version.from,
    to: version.to,
    unverified: version.unverified ?? null,
    conflict:
      conflict === undefined
        ? null
        : {
            note: conflict.note,
            chosen: compilerFor(reading, { interruption: false, entry: null }).expression(
              conflict.chosen,
              `${path}/conflict/chosen`,
            ),
          },
    rules,
    // A rule builds on earlier ones, so that levels first occur in their order.
    levels: [...new Set(levels.values())].map((level) => rules.filter((rule) => rule.level === level)),
    groups: groups.map((one, k): Group => compileGroup(one, levels, `${path}/groups/${k}`, faults)),
    limits: limits.map(
      (one, k): Limit => compileLimit(one, levels, standing, reading, `${path}/limits/${k}`),
    ),
  };
}

function readingOf(
  file: SchemeFile,
  earlierRules: ReadonlySet<string>,
  laterRules: readonly string[],
  used: Set<string>,
  faults: Fault[],
  budget: Reading['budget'],
): Reading {
  return {
    file,
    steps: new Map(),
    earlierRules,
    laterRules,
    builtOn: new Set(),
    after: new Set(),
    used,
    faults,
    open: [],
    budget,
  };
}

/** What no rule reads is asked of people for nothing, and is mostly a misspelt one. */
function checkUnused(file: SchemeFile, used: ReadonlySet<string>, faults: Fault[]): void {
  const declared: readonly (readonly [UsedGroup, string, object | undefined])[] = [
    ['premises', '/inputs/premises', file.inputs?.premises],
    ['facts', '/inputs/facts', file.inputs?.facts],
    ['interruption', '/inputs/interruption', file.inputs?.interruption],
    ['parameters', '/parameters', file.parameters],
    ['definitions', '/definitions', file.definitions],
    ['series', '/series', file.series],
    ['tables', '/tables', file.tables],
  ];
  for (const [group, path, names] of declared) {
    for (const name of Object.keys(names ?? {})) {
      if (used.has(`${group}/${name}`)) continue;
      const message = `no rule reads '${name}': take it out, or use it`;
      faults.push({ path: `${path}/${pointerStep(name)}`, code: 'unused', message });
    }
  }
}
