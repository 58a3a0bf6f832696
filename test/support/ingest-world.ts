import { join } from 'node:path';
import { createInProcessBus } from '../../adapters/mqtt/in-process-bus.ts';
import { createSiteDirectory } from '../../adapters/registry/site-directory.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import type { Bus } from '../../core/ports/bus.ts';
import type { Journal } from '../../core/ports/journal.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Site } from '../../core/topology/site.ts';
import { createIngest, type Ingest, type IngestDeps } from '../../ingest/app.ts';
import { openTestJournal } from './journal.ts';
import { plainEngines } from './plain-engine.ts';
import { createLogBook, createMeter, realClock } from './quiet.ts';

export interface IngestWorld {
  readonly journal: Journal;
  readonly stores: Stores;
  readonly bus: Bus;
  readonly ingest: Ingest;
  readonly log: ReturnType<typeof createLogBook>;
  readonly telemetry: ReturnType<typeof createMeter>;
  send(topic: string, payload: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The real journal and the real embedded database around an ingest, in one directory that may be opened again. */
export async function openIngestWorld(
  directory: string,
  sites: readonly Site[],
  change: (deps: IngestDeps) => Partial<IngestDeps> = () => ({}),
): Promise<IngestWorld> {
  const log = createLogBook();
  const telemetry = createMeter();
  const bus = createInProcessBus({ log });
  const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log });
  await stores.migrate();
  for (const site of sites) {
    if ((await stores.sites.get(site.site.id)) === null)
      await stores.sites.put(site, site, { by: 'test', at: Date.now() });
  }
  const directoryOfSites = createSiteDirectory({ sites: stores.sites, bus, log, poll_ms: 100 });
  await directoryOfSites.start();
  const journal = await openTestJournal(join(directory, 'journal'), { log, telemetry });
  const deps: IngestDeps = {
    journal,
    directory: join(directory, 'ingest'),
    sites: directoryOfSites,
    profiles: new Map(),
    engines: plainEngines,
    incidents: stores.incidents,
    evidence: stores.evidence,
    leases: stores.leases,
    commands: stores.commands,
    events: stores.events,
    bus,
    clock: realClock,
    log,
    telemetry,
    snapshotInterval_ms: 200,
  };
  const ingest = createIngest({ ...deps, ...change(deps) });
  await ingest.start();
  return {
    journal,
    stores,
    bus,
    ingest,
    log,
    telemetry,
    send: (topic, payload) =>
      new Promise((resolve, reject) => {
        const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
        ingest.intake.accept(topic, bytes, false, (error) =>
          error === undefined ? resolve() : reject(error),
        );
      }),
    async close() {
      await ingest.stop();
      await journal.close();
      await directoryOfSites.stop();
      await stores.close();
    },
  };
}

/** What must be the same however often it was interrupted: no ids of the moment, no times of the moment. */
export async function outcomeOf(stores: Stores, site: string) {
  const incidents = await stores.incidents.list({ sites: [site], limit: 10_000 });
  const ledger = await stores.incidents.interruptions({ site, limit: 10_000 });
  const deliveries = await stores.outbox.list({ site, limit: 10_000 });
  return {
    incidents: incidents
      .map(({ root, state, onset, restoredAt, affected }) =>
        JSON.stringify({ root, state, onset, restoredAt, affected }),
      )
      .sort((a, b) => (a < b ? -1 : 1)),
    ledger: ledger
      .map(({ node, from, to, causes }) => JSON.stringify({ node, from, to, causes: causes.length }))
      .sort((a, b) => (a < b ? -1 : 1)),
    deliveries: deliveries
      .map(({ stage, revision, premises, recipient }) =>
        JSON.stringify({ stage, revision, premises, recipient }),
      )
      .sort((a, b) => (a < b ? -1 : 1)),
  };
}
