import { parseSite } from '../../contracts/site-file.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { Fault } from '../../core/units/fault.ts';

export interface SiteDeps {
  readonly stores: Pick<Stores, 'sites' | 'credentials' | 'audit'>;
  readonly profiles: Profiles;
  readonly clock: Clock;
}

export type ImportOutcome =
  | { readonly ok: true; readonly site: string; readonly version: number }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** The name under which what this machine's shell did stands in the audit log. */
export const BY = 'command-line';

/** Stores a site file as the site's next version, or says everything that is wrong with it. */
export async function importSite(
  file: unknown,
  { stores, profiles, clock }: SiteDeps,
): Promise<ImportOutcome> {
  const parsed = parseSite(file, profiles);
  if ('faults' in parsed) return { ok: false, faults: parsed.faults };
  const site = parsed.site.site.id;
  const at = clock.now();
  const version = await stores.sites.put(parsed.site, file, { by: BY, at });
  await stores.audit.append({ site, at, by: BY, action: 'site.put', subject: site, detail: { version } });
  return { ok: true, site, version };
}

export function isImportOutcome(value: unknown): value is ImportOutcome {
  return typeof value === 'object' && value !== null && 'ok' in value;
}
