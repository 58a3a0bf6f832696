import { join } from 'node:path';
import { openJournal } from '../../adapters/journal/open-journal.ts';
import { createModbusSource } from '../../adapters/modbus/modbus-source.ts';
import { createIngest, type Ingest } from '../../ingest/app.ts';
import { createSiteEngines } from '../../ingest/site-engines.ts';
import { createStoreThread, type StoreThread } from '../../ingest/store-thread.main.ts';
import type { Part } from '../run-parts.ts';
import { followLeases } from './follow-leases.ts';
import type { Ground } from './ground.ts';
import { readingSettings } from './reading-settings.ts';
import { createRetention } from './retention.ts';

/** Journal, engines and the thread that writes readings. */
export interface IngestSide {
  readonly ingest: Ingest;
  readonly readings: StoreThread;
}

export async function openIngest(ground: Ground): Promise<IngestSide> {
  const { configuration, stores, sites, profiles, bus, clock, log, telemetry } = ground;
  const directory = configuration.DATA_DIR;
  const journalDirectory = join(directory, 'journal');
  const journal = await openJournal({
    directory: journalDirectory,
    readers: ['detect', 'store'],
    limit_bytes: configuration.JOURNAL_LIMIT_MB * 1024 * 1024,
    clock,
    log,
    telemetry,
  });
  ground.onClose(() => journal.close());
  const readings = createStoreThread({
    settings: readingSettings(configuration),
    journal,
    journalDirectory,
    deadLetterDirectory: join(directory, 'dead-letters'),
    sites,
    clock,
    log,
    telemetry,
  });
  const ingest = createIngest({
    journal,
    directory: join(directory, 'ingest'),
    sites,
    profiles,
    engines: createSiteEngines(profiles),
    incidents: stores.incidents,
    evidence: stores.evidence,
    leases: stores.leases,
    commands: stores.commands,
    events: stores.events,
    bus,
    clock,
    log,
    telemetry,
    otherReaders: () => [readings.lag()],
  });
  return { ingest, readings };
}

/** What polls and what sweeps, once messages can be taken. */
export function tendingParts(ground: Ground, { ingest, readings }: IngestSide): Part[] {
  const { configuration, sites, profiles, clock, log, telemetry } = ground;
  const modbus = createModbusSource({
    sites,
    profiles,
    intake: ingest.intake,
    isOurs: ingest.holds,
    clock,
    log,
    telemetry,
  });
  const retention = createRetention({
    readings: readings.readings,
    sites,
    days: configuration.RETENTION_DAYS,
    evidence: ground.stores.evidence,
    evidenceDays: configuration.EVIDENCE_DAYS,
    evidenceLimit_bytes: configuration.EVIDENCE_LIMIT_MB * 1024 * 1024,
    clock,
    log,
  });
  return [
    { name: 'Modbus', life: modbus },
    { name: 'Modbus follows the leases', life: followLeases(sites, ingest, modbus) },
    { name: 'retention', life: retention },
  ];
}
