import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../adapters/journal/open-journal.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus.ts';
import { createModbusSource } from '../../adapters/modbus/modbus-source.ts';
import { createExternalBrokerSource } from '../../adapters/mqtt/external-broker-source.ts';
import { createInProcessBus } from '../../adapters/mqtt/in-process-bus.ts';
import { createSimulatorControl } from '../../adapters/mqtt/simulator-control.ts';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { loadSchemes } from '../../adapters/registry/load-schemes.ts';
import { createSiteDirectory } from '../../adapters/registry/site-directory.ts';
import { createAlerting } from '../../alerting/app.ts';
import { createAdminLink } from '../../api/access/links.ts';
import { createApi } from '../../api/app.ts';
import { createDeadMan } from '../../api/dead-man.ts';
import { type Broker, createBroker } from '../../broker/app.ts';
import { BROKER_LIMITS } from '../../broker/limits.ts';
import type { ExtraClient } from '../../broker/topic-access.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import { controlTopic, simulatorClient, stateTopic } from '../../contracts/simulator.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { createIngest } from '../../ingest/app.ts';
import { createStoreThread } from '../../ingest/store-thread.main.ts';
import { createSettlement } from '../../settlement/app.ts';
import { announceControl, newControlToken, withdrawControl } from '../control.ts';
import { packageRoot } from '../package-root.ts';
import { packageVersion } from '../package-version.ts';
import { type Part, runParts } from '../run-parts.ts';
import { openChannels } from './channels.ts';
import { type Demo, prepareDemo, sha256 } from './demo.ts';
import { engineFactory } from './engines.ts';
import { readingSettings } from './readings.ts';
import { createRetention } from './retention.ts';
import { openStores } from './stores.ts';
import { systemClock } from './system-clock.ts';

export interface Platform extends Lifecycle {
  /** Where the board is; only after `start`. */
  url(): string;
  /** A one-time link, as long as nobody can sign in yet. */
  firstAdministrator(): Promise<string | null>;
  /** What `relight simulate` needs to play the demo site; null without one. */
  simulatorArguments(): string[] | null;
}

const API_CLIENT = 'relight-api';
/** The port that the demo site's Modbus addresses name. */
const DEMO_MODBUS_PORT = 5502;

/** The whole platform in one process: opens what it stands on, then names its parts in the order they start. */
export async function buildPlatform(configuration: Configuration, log: Logger): Promise<Platform> {
  const clock = systemClock;
  const telemetry = createPrometheus();
  const bus = createInProcessBus({ log });
  const stores = await openStores(configuration, log);
  const demo = configuration.DEMO ? await prepareDemo(stores, configuration.DATA_DIR, clock) : null;
  const profiles = await loadProfiles();
  const schemes = await loadSchemes(join(packageRoot(), 'schemes'));
  const sites = createSiteDirectory({ sites: stores.sites, bus, log });
  const holder = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const publicUrl = configuration.PUBLIC_URL ?? null;
  const channels = openChannels(configuration, { clock, log, publicUrl });

  const journalDirectory = join(configuration.DATA_DIR, 'journal');
  const journal = await openJournal({
    directory: journalDirectory,
    readers: ['detect', 'store'],
    limit_bytes: configuration.JOURNAL_LIMIT_MB * 1024 * 1024,
    clock,
    log,
    telemetry,
  });
  const readings = createStoreThread({
    settings: readingSettings(configuration),
    journal,
    journalDirectory,
    deadLetterDirectory: join(configuration.DATA_DIR, 'dead-letters'),
    sites,
    clock,
    log,
    telemetry,
  });

  const ingest = createIngest({
    journal,
    directory: join(configuration.DATA_DIR, 'ingest'),
    sites,
    profiles,
    engines: engineFactory(profiles),
    incidents: stores.incidents,
    leases: stores.leases,
    commands: stores.commands,
    events: stores.events,
    bus,
    clock,
    log,
    telemetry,
    otherReaders: () => [readings.lag()],
  });

  const apiSecret = randomBytes(24).toString('base64url');
  const broker =
    configuration.MQTT_URL === undefined
      ? createBroker({
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
          extraClients: extraClients(demo, apiSecret),
        })
      : null;
  const source: Lifecycle =
    broker ??
    createExternalBrokerSource({
      url: configuration.MQTT_URL ?? '',
      ...given('username', configuration.MQTT_USERNAME),
      ...given('password', configuration.MQTT_PASSWORD),
      clientId: 'relight-ingest',
      intake: ingest.intake,
      clock,
      log,
      telemetry,
      onLink: (state) => {
        if (state === 'restored') ingest.announce({ type: 'broker_restart' });
      },
    });

  const simulator =
    demo === null || broker === null
      ? null
      : createSimulatorControl({
          url: () => `mqtt://127.0.0.1:${broker.address().port}`,
          username: API_CLIENT,
          password: apiSecret,
          log,
        });

  const controlToken = newControlToken();
  const api = createApi({
    host: configuration.HTTP_HOST,
    port: configuration.HTTP_PORT,
    stores,
    readings: readings.readings,
    ingest,
    sites,
    bus,
    clock,
    log,
    telemetry,
    metrics: telemetry,
    publicUrl,
    trustProxy: trustOf(configuration.TRUST_PROXY),
    sessionHours: configuration.SESSION_HOURS,
    secureCookies: publicUrl?.startsWith('https:') ?? false,
    dashboardDirectory: builtDashboard(),
    simulator,
    control: {
      token: controlToken,
      actions: {
        'admin-link': async () => (await adminLink()).url,
        backup: (to) => backup(String(to)),
      },
    },
    version: packageVersion(),
  });

  const adminLink = () =>
    createAdminLink({ users: stores.users, clock, publicUrl: publicUrl ?? api.address() });
  const backup = async (to: string) => {
    await stores.backup(to);
    return to;
  };

  const parts: Part[] = [
    { name: 'sites', life: sites },
    { name: 'readings', life: readings },
    { name: 'ingest', life: ingest },
    { name: broker === null ? 'external broker' : 'broker', life: source },
    ...(broker === null ? [] : [{ name: 'farewell to the meters', life: farewell(broker) }]),
    {
      name: 'Modbus',
      life: createModbusSource({ sites, profiles, intake: ingest.intake, clock, log, telemetry }),
    },
    {
      name: 'alerting',
      life: createAlerting({
        stores,
        channels,
        sites,
        bus,
        clock,
        log,
        telemetry,
        holder,
        soleSender: configuration.DATABASE_URL === undefined,
        random: Math.random,
      }),
    },
    {
      name: 'settlement',
      life: createSettlement({
        events: stores.events,
        incidents: stores.incidents,
        estimates: stores.estimates,
        sites,
        schemes,
        clock,
        bus,
        log,
        telemetry,
        holder,
      }),
    },
    {
      name: 'retention',
      life: createRetention({
        readings: readings.readings,
        sites,
        days: configuration.RETENTION_DAYS,
        clock,
        log,
      }),
    },
    ...(simulator === null ? [] : [{ name: 'simulator control', life: simulator }]),
    { name: 'api', life: api },
    { name: 'local control', life: localControl(configuration.DATA_DIR, () => api.address(), controlToken) },
    ...(configuration.DEAD_MAN_URL === undefined
      ? []
      : [
          {
            name: 'dead-man ping',
            life: createDeadMan({
              url: configuration.DEAD_MAN_URL,
              every_s: 60,
              healthy: () => ingest.status().accepting,
              log,
              telemetry,
            }),
          },
        ]),
  ];
  const running = runParts(parts, log);

  return {
    start: () => running.start(),
    async stop() {
      await running.stop();
      await journal.close();
      await stores.close();
    },
    url: () => publicUrl ?? api.address(),
    async firstAdministrator() {
      return (await stores.users.count()) === 0 ? (await adminLink()).url : null;
    },
    simulatorArguments() {
      const port = broker?.address().port;
      if (demo === null || port === undefined || port === null) return null;
      return [
        '--site',
        demo.siteFile,
        '--broker',
        `mqtt://127.0.0.1:${port}`,
        '--credentials',
        demo.credentialsFile,
      ];
    },
  };
}

/** Stops before the broker does: from then on no will of a meter is evidence. */
function farewell(broker: Broker): Lifecycle {
  return {
    start: () => Promise.resolve(),
    stop: async () => broker.closing(),
  };
}

function localControl(directory: string, url: () => string, token: string): Lifecycle {
  return {
    start: () => announceControl(directory, url(), token),
    stop: () => withdrawControl(directory),
  };
}

function extraClients(demo: Demo | null, apiSecret: string): ExtraClient[] {
  if (demo === null) return [];
  const site = demo.site.site.id;
  return [
    {
      username: simulatorClient(site),
      sha256: demo.simulatorSha256,
      publish: [stateTopic(site)],
      subscribe: [controlTopic(site)],
    },
    {
      username: API_CLIENT,
      sha256: sha256(apiSecret),
      publish: [controlTopic('+')],
      subscribe: [stateTopic('+')],
    },
  ];
}

async function tlsOf(configuration: Configuration) {
  const { MQTT_TLS_CERT_FILE: cert, MQTT_TLS_KEY_FILE: key, MQTT_TLS_PORT: port } = configuration;
  if (cert === undefined || key === undefined) return {};
  return { tls: { port: port ?? 8883, cert: await readFile(cert), key: await readFile(key) } };
}

function trustOf(text: string | undefined): boolean | readonly string[] {
  if (text === undefined || /^(false|no|0)$/i.test(text)) return false;
  return /^(true|yes|1)$/i.test(text) ? true : text.split(',').map((part) => part.trim());
}

function builtDashboard(): string | null {
  const folder = join(packageRoot(), 'dashboard', 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

function given<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
