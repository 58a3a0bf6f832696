import { localDate } from '../units/calendar.ts';
import type { Instant } from '../units/time.ts';
import type { AssessCase, CaseInterruption } from './case.ts';
import type { Scheme, SchemeVersion } from './compiled.ts';
import type { Report } from './scope.ts';

export interface Versions {
  /** Those to assess by, in order of time. */
  readonly present: readonly SchemeVersion[];
  readonly of: ReadonlyMap<SchemeVersion, readonly CaseInterruption[]>;
  /** Every interruption that has a version, in order of time. */
  readonly all: readonly CaseInterruption[];
}

/** Each interruption under the version in force on the local date that the scheme goes by; a case without any under today's. */
export function versionsOf(scheme: Scheme, given: AssessCase, zone: string, report: Report): Versions {
  const of = new Map<SchemeVersion, CaseInterruption[]>();
  const inOrder = given.interruptions.toSorted((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  const all: CaseInterruption[] = [];
  for (const one of inOrder) {
    const by = scheme.file.versionBy ?? 'start';
    const version = inForce(scheme, decidingInstant(one, by, given.at), zone);
    if (version === undefined) {
      const path = `interruptions/${one.id}/${by === 'end' ? 'to' : 'from'}`;
      report.refused.set(path, { path, code: 'no_version_in_force' });
      continue;
    }
    all.push(one);
    const own = of.get(version);
    if (own === undefined) of.set(version, [one]);
    else own.push(one);
  }
  if (given.interruptions.length === 0) {
    const today =
      inForce(scheme, given.at, zone) ?? scheme.versions.toSorted((a, b) => (a.from < b.from ? 1 : -1))[0];
    if (today !== undefined) of.set(today, []);
  }
  const present = [...of.keys()].sort((a, b) => (a.from < b.from ? -1 : 1));
  return { present, of, all };
}

function decidingInstant(
  { from, to }: CaseInterruption,
  by: NonNullable<Scheme['file']['versionBy']>,
  at: Instant,
): Instant {
  if (by === 'start') return from;
  if (by === 'assessment') return at;
  // The last instant without supply: an interruption that ends at midnight ended the day before.
  return Math.max(from, (to ?? at) - 1);
}

function inForce({ versions }: Scheme, at: Instant, zone: string): SchemeVersion | undefined {
  const date = localDate(at, zone);
  return versions.find(({ from, to }) => from <= date && (to === null || date <= to));
}
