import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores } from '../adapters/sql/sqlite-stores.ts';
import { createSessions } from '../api/access/sessions.ts';
import type { Stores } from '../core/ports/stores.ts';
import type { Site } from '../core/topology/site.ts';
import { incidentOf } from '../test/support/alerting-world.ts';
import { silentLog } from '../test/support/silent-log.ts';
import { smallSite } from '../test/support/small-site.ts';

export const SITE = 's1';
const HOUR_MS = 3_600_000;

export interface ClaimWorld {
  readonly directory: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly incidents: readonly string[];
}

/** A data folder with closed incidents that nobody has settled, each of `premises` flats, and somebody of finance signed in. */
export async function seedClaimWorld(incidents: number, premises: number): Promise<ClaimWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'relight-claims-'));
  const stores = await openStores(directory);
  const plain = smallSite(SITE, premises);
  const chosen = { id: 'property-fee', from: '2020-01-01', parameters: { rate: '2.80' } };
  const site: Site = { ...plain, site: { ...plain.site, schemes: [chosen] } };
  await stores.sites.put(site, {}, { by: 'proof', at: Date.now() });
  const epoch = (await stores.leases.acquire(SITE, 'proof', 600_000)) ?? 0;
  const ids = Array.from({ length: incidents }, (_, i) => `i${i + 1}`);
  for (const [i, id] of ids.entries()) {
    const from = Date.now() - (i + 2) * 8 * HOUR_MS;
    const to = from + 5 * HOUR_MS;
    const over = { id, onset: from, onsetEarliest: from, detectedAt: from, restoredAt: to, closedAt: to };
    const ledger = site.premises.map((one) => ({
      type: 'closed' as const,
      at: to,
      reason: 'proof',
      body: {
        id: `${id}-${one.id}`,
        node: `u-${one.id}`,
        premises: one.id,
        phases: 'A' as const,
        from,
        to,
        momentary: false,
        operations: 1,
        planned: null,
        causes: [{ incident: id, from, to }],
      },
    }));
    const incident = incidentOf(site, { ...over, state: 'restored', affected: [] });
    const changes = { incidents: [incident], ledger, notices: [] };
    await stores.incidents.apply({ site: SITE, position: i + 1, epoch, at: to, changes });
  }
  const headers = await signIn(stores);
  await stores.close();
  return { directory, headers, incidents: ids };
}

export async function openStores(directory: string): Promise<Stores> {
  const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log: silentLog });
  await stores.migrate();
  return stores;
}

async function signIn(stores: Stores): Promise<Record<string, string>> {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const user = {
    id: 'finance1',
    login: 'finance1',
    name: 'finance',
    role: 'finance',
    sites: 'all',
    passwordHash: '-',
    language: 'en',
    theme: 'system',
    active: true,
    createdAt: Date.now(),
  } as const;
  await stores.users.add(user);
  const sessions = createSessions({ users: stores.users, clock, sessionHours: 12, idleMinutes: 600 });
  const { token, session } = await sessions.begin(user);
  return { cookie: `relight_session=${token}`, 'x-csrf-token': session.csrf };
}
