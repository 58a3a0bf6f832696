import type { Instant } from '../units/time.ts';
import type { InputFile, InputFiles, SchemeFile } from './scheme.ts';
import { isKeyed } from './values.ts';

/** Whom a fact is about, from which local date it holds, and what the schemes call it. */
export interface FactKey {
  /** `site`, `owner/<person>`, `premises/<id>`, `incident/<id>` or `incident/<id>/premises/<id>`. */
  readonly subject: string;
  /** An input that schemes declare. */
  readonly name: string;
  readonly from: string;
}

export interface FactLine extends FactKey {
  /** Sorts by time. */
  readonly id: string;
  readonly value: unknown;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

/** What a case is about, as far as facts are told of it. */
export interface FactsAbout {
  readonly premises: string;
  readonly owner: string | null;
  readonly incident: string | null;
}

interface Dated {
  readonly from: string;
  readonly value: unknown;
}

/** By subject and name the values in force, in order of their dates; what was taken back is left out. */
export type StandingFacts = ReadonlyMap<string, ReadonlyMap<string, readonly Dated[]>>;

/** From lines in their order: the last one of a subject, name and date stands. */
export function standingFacts(lines: readonly FactLine[]): StandingFacts {
  const last = new Map(lines.map((line) => [`${line.subject} ${line.name} ${line.from}`, line]));
  const found = new Map<string, Map<string, Dated[]>>();
  for (const { subject, name, from, value } of last.values()) {
    if (value === null) continue;
    const names = found.get(subject) ?? new Map<string, Dated[]>();
    names.set(name, [...(names.get(name) ?? []), { from, value }]);
    found.set(subject, names);
  }
  for (const names of found.values())
    for (const values of names.values()) values.sort((a, b) => (a.from < b.from ? -1 : 1));
  return found;
}

/** The subjects a case asks about, from the general to the particular: what is said later in the list goes first. */
export function subjectsOf({ premises, owner, incident }: FactsAbout): readonly string[] {
  return [
    'site',
    ...(owner === null ? [] : [`owner/${owner}`]),
    `premises/${premises}`,
    ...(incident === null ? [] : [`incident/${incident}`, `incident/${incident}/premises/${premises}`]),
  ];
}

export interface ToldFacts {
  readonly premises: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly interruption: Readonly<Record<string, unknown>>;
}

/** What is known for a case, put where the scheme asks for it. `on` is the local date for inputs that know no dates of their own. */
export function toldFacts(
  file: SchemeFile,
  standing: StandingFacts,
  about: FactsAbout,
  on: string,
): ToldFacts {
  const subjects = subjectsOf(about);
  const told = (inputs: InputFiles | undefined, dated: boolean): Readonly<Record<string, unknown>> => {
    const values: Record<string, unknown> = {};
    for (const [name, spec] of Object.entries(inputs ?? {})) {
      const known = subjects.flatMap((subject) => [standing.get(subject)?.get(name) ?? []]);
      const value = valueIn(spec, known, on, dated);
      if (value !== undefined) values[name] = value;
    }
    return values;
  };
  const decisions = decisionsOf(subjects, standing, on);
  return {
    premises: told(file.inputs?.premises, true),
    facts: { ...told(file.inputs?.facts, true), ...(decisions === null ? {} : { decisions }) },
    interruption: told(file.inputs?.interruption, false),
  };
}

/** Stretches told in several places are all true; of anything else the most particular subject is believed. */
function valueIn(
  { type }: InputFile,
  known: readonly (readonly Dated[])[],
  on: string,
  dated: boolean,
): unknown {
  if (type === 'intervals') {
    const all = known.flat().flatMap(({ value }) => (Array.isArray(value) ? value : []));
    return known.flat().length === 0 ? undefined : all;
  }
  const own = known.findLast((values) => values.length > 0);
  if (own === undefined) return undefined;
  if (dated && type !== 'list' && type !== 'weights') return own;
  return inForce(own, on);
}

function inForce(values: readonly Dated[], on: string): unknown {
  return values.findLast(({ from }) => from <= on)?.value;
}

/** A person's decision on a question of the scheme: the fact `decisions.<name>` is `{value, reason}`. */
function decisionsOf(
  subjects: readonly string[],
  standing: StandingFacts,
  on: string,
): Readonly<Record<string, unknown>> | null {
  const found: Record<string, unknown> = {};
  for (const subject of subjects) {
    for (const [name, values] of standing.get(subject) ?? []) {
      const value = name.startsWith(DECISION) ? inForce(values, on) : undefined;
      if (isKeyed(value)) found[name.slice(DECISION.length)] = value;
    }
  }
  return Object.keys(found).length === 0 ? null : found;
}

export const DECISION = 'decisions.';
