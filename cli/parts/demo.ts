import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SIMULATOR_SECRET } from '../../contracts/simulator.ts';
import { parseSite } from '../../contracts/site-file.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Site } from '../../core/topology/site.ts';
import { packageRoot } from '../package-root.ts';
import { newSecret, sha256 } from '../sites/issue-credentials.ts';
import { DEMO_ROSTER, DEMO_STAFF } from './demo-staff.ts';

export interface Demo {
  readonly siteFile: string;
  readonly site: Site;
  readonly credentialsFile: string;
  /** Hex SHA-256 of the simulator's own secret. */
  readonly simulatorSha256: string;
}

/**
 * Loads the demo site into an empty platform, with a secret of its own for every meter and gateway; the simulator reads the
 * secrets from a file beside the data. Null when the platform holds other sites only.
 */
export async function prepareDemo(stores: Stores, dataDirectory: string, clock: Clock): Promise<Demo | null> {
  const siteFile = join(packageRoot(), 'demo', 'demo.site.json');
  const file: unknown = JSON.parse(await readFile(siteFile, 'utf8'));
  const parsed = parseSite(file);
  if ('faults' in parsed)
    throw new Error(`the demo site is faulty: ${JSON.stringify(parsed.faults.slice(0, 5))}`);
  const { site } = parsed;

  const known = await stores.sites.list();
  if (known.length > 0 && !known.some(({ id }) => id === site.site.id)) return null;
  if (known.length === 0) {
    await stores.sites.put(site, file, { by: 'demo', at: clock.now() });
    for (const member of DEMO_STAFF) await stores.staff.put(site.site.id, member);
    await stores.staff.putRoster(site.site.id, DEMO_ROSTER, clock.now());
  }

  const credentialsFile = join(dataDirectory, 'demo', 'credentials.json');
  const secrets =
    (await readSecrets(credentialsFile)) ?? (await issueSecrets(stores, site, credentialsFile, clock));
  const { [SIMULATOR_SECRET]: own = '' } = secrets;
  return { siteFile, site, credentialsFile, simulatorSha256: sha256(own) };
}

async function issueSecrets(
  stores: Stores,
  site: Site,
  file: string,
  clock: Clock,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = { [SIMULATOR_SECRET]: newSecret() };
  for (const { id } of [...site.gateways, ...site.devices]) {
    const secret = newSecret();
    secrets[id] = secret;
    await stores.credentials.set(site.site.id, id, sha256(secret), clock.now());
  }
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

async function readSecrets(file: string): Promise<Record<string, string> | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  } catch {
    return null;
  }
}
