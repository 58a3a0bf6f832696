import { parseSite } from '../../contracts/site-file.ts';
import type { TrialBegun, Trials } from '../../core/ports/trials.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { Fault } from '../../core/units/fault.ts';
import type { Instant } from '../../core/units/time.ts';

/** A trial as the shell asks for it: the changed site as a file. */
export interface FileTrial {
  readonly site: string;
  readonly file: unknown;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

export type FileTrialBegun =
  | Exclude<TrialBegun, { readonly outcome: 'begun' }>
  | { readonly outcome: 'begun'; readonly id: string; readonly warnings: readonly Fault[] }
  | { readonly outcome: 'refused'; readonly faults: readonly Fault[] };

export async function beginFileTrial(
  { site, file, from, to }: FileTrial,
  trials: Trials,
  profiles: Profiles,
): Promise<FileTrialBegun> {
  const parsed = parseSite(file, profiles);
  if ('faults' in parsed) return { outcome: 'refused', faults: parsed.faults };
  if (parsed.site.site.id !== site) {
    const message = `the file is of site '${parsed.site.site.id}'`;
    return { outcome: 'refused', faults: [{ path: '/site/id', code: 'other_site', message }] };
  }
  const begun = await trials.begin({ changed: parsed.site, from, to });
  return begun.outcome === 'begun' ? { ...begun, warnings: parsed.warnings } : begun;
}

/** The door of the running server: what a command of this program asks. */
export function isFileTrial(asked: unknown): asked is FileTrial {
  if (typeof asked !== 'object' || asked === null) return false;
  const { site, from, to } = asked as Record<string, unknown>;
  const instantOrNull = (value: unknown) => value === null || Number.isSafeInteger(value);
  return typeof site === 'string' && 'file' in asked && instantOrNull(from) && instantOrNull(to);
}
