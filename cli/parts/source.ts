import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createExternalBrokerSource,
  type ExternalBrokerSource,
} from '../../adapters/mqtt/external-broker-source.ts';
import { type Broker, createBroker } from '../../broker/app.ts';
import { BROKER_LIMITS } from '../../broker/limits.ts';
import type { ExtraClient } from '../../broker/topic-access.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Ingest } from '../../ingest/app.ts';
import { createAsker } from '../../ingest/asker.ts';
import { readHolder } from '../../ingest/holder.ts';
import { Complaint } from '../complaint.ts';
import type { Part } from '../run-parts.ts';
import { brokerLogin } from './broker-login.ts';
import type { Ground } from './ground.ts';

/** An external broker that does not answer at once is not there: whoever started us wants to know. */
const PATIENCE_MS = 5_000;

/** Where messages come from: the embedded broker, or somebody else's when MQTT_URL names one. */
export interface Source {
  readonly parts: readonly Part[];
  readonly broker: Broker | null;
}

export async function openSource(
  ground: Ground,
  ingest: Ingest,
  extraClients: readonly ExtraClient[],
): Promise<Source> {
  const { configuration } = ground;
  if (configuration.MQTT_URL !== undefined) {
    const life = await externalSource(ground, ingest);
    const parts = [{ name: 'external broker', life }, askerOf(ground, ingest, life.publish)];
    return { parts, broker: null };
  }
  const { clock, log, telemetry, sites, stores } = ground;
  const broker = createBroker({
    host: configuration.MQTT_HOST,
    port: configuration.MQTT_PORT,
    ...(await tlsOf(configuration)),
    limits: BROKER_LIMITS,
    intake: ingest.intake,
    credentials: stores.credentials,
    quarantine: stores.quarantine,
    sites,
    clock,
    log,
    telemetry,
    extraClients,
  });
  const parts = [
    { name: 'broker', life: broker },
    { name: 'farewell to the meters', life: farewell(broker) },
    askerOf(ground, ingest, (topic, payload) => broker.publish(topic, payload)),
  ];
  return { parts, broker };
}

function askerOf(
  { telemetry }: Ground,
  ingest: Ingest,
  send: (topic: string, payload: string) => void,
): Part {
  const asker = createAsker({ send, newId: randomUUID, telemetry });
  ingest.onAsk(asker.ask);
  return { name: 'requests to devices', life: asker };
}

async function externalSource(ground: Ground, ingest: Ingest): Promise<ExternalBrokerSource> {
  const { configuration, clock, log, telemetry } = ground;
  // The broker keeps our session under this name: the same after a restart, another for each instance.
  const instance = await readHolder(join(configuration.DATA_DIR, 'ingest'));
  return createExternalBrokerSource({
    ...brokerLogin(configuration),
    clientId: `relight-ingest-${instance}`,
    patience_ms: PATIENCE_MS,
    intake: ingest.intake,
    clock,
    log,
    telemetry,
    onLink: (state) => {
      if (state === 'restored') ingest.announce({ type: 'broker_restart' });
    },
  });
}

/** Stops before the broker does: from then on no will of a meter is evidence. */
function farewell(broker: Broker): Lifecycle {
  return {
    start: () => Promise.resolve(),
    stop: async () => broker.closing(),
  };
}

async function tlsOf(configuration: Configuration) {
  const { MQTT_TLS_CERT_FILE: cert, MQTT_TLS_KEY_FILE: key, MQTT_TLS_PORT: port } = configuration;
  if (cert === undefined || key === undefined) return {};
  return {
    tls: {
      port: port ?? 8883,
      cert: await readPem('MQTT_TLS_CERT_FILE', cert),
      key: await readPem('MQTT_TLS_KEY_FILE', key),
    },
  };
}

async function readPem(setting: string, file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Complaint(`${setting}: ${file} cannot be read (${cause.code})`, { cause });
  });
}
