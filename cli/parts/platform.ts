import { randomBytes } from 'node:crypto';
import { createAftercare } from '../../alerting/aftercare.ts';
import { createAlerting } from '../../alerting/app.ts';
import { createDispatching } from '../../alerting/dispatch/app.ts';
import { limitsFor } from '../../alerting/limits.ts';
import { createPlanning } from '../../alerting/planned/app.ts';
import { createDeadMan } from '../../api/dead-man.ts';
import { replyCode } from '../../api/dispatch/change.ts';
import { readiness } from '../../api/plugins/health.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { createSettlement } from '../../settlement/app.ts';
import { type Part, runParts } from '../run-parts.ts';
import { openApi } from './api.ts';
import { type Channels, openChannels } from './channels.ts';
import { createCreditSource } from './credit-source.ts';
import { type Demo, prepareDemo } from './demo.ts';
import { extraClients } from './extra-clients.ts';
import { type Ground, groundParts, openGround } from './ground.ts';
import { type IngestSide, openIngest, tendingParts } from './ingest.ts';
import { knownReadingStore } from './known-store.ts';
import { messageCaps } from './message-caps.ts';
import { ALL_SERVICES, SERVICES, type Service } from './services.ts';
import { openSource } from './source.ts';

export interface Platform extends Lifecycle {
  /** Where the board is, after `start`; null in a process without the API. */
  url(): string | null;
  /** Where the embedded broker listens; null with an external one. */
  mqttPort(): number | null;
  /** A one-time link, as long as nobody can sign in yet. */
  firstAdministrator(): Promise<string | null>;
  /** What `relight simulate` needs to play the demo site; null without one. */
  simulatorArguments(): string[] | null;
}

/** Opens what the services stand on, then names their parts in the order they start; they stop in the reverse. */
export async function buildPlatform(
  configuration: Configuration,
  log: Logger,
  services: ReadonlySet<Service> = ALL_SERVICES,
): Promise<Platform> {
  const alone = services.size === SERVICES.length;
  const ground = await openGround(configuration, log, alone);
  try {
    return await compose(ground, services, alone);
  } catch (error) {
    await ground.close();
    throw error;
  }
}

async function compose(ground: Ground, services: ReadonlySet<Service>, alone: boolean): Promise<Platform> {
  const { configuration, stores, log } = ground;
  const demo =
    alone && configuration.DEMO ? await prepareDemo(stores, configuration.DATA_DIR, ground.clock) : null;
  const simulatorSecret = randomBytes(24).toString('base64url');
  const side = services.has('ingest') ? await openIngest(ground) : null;
  const source =
    side === null ? null : await openSource(ground, side.ingest, extraClients(demo, simulatorSecret));
  const channels = services.has('api') || services.has('alerting') ? await openChannels(ground) : null;
  const api =
    channels !== null && services.has('api')
      ? openApi(ground, side, source, demo === null ? null : simulatorSecret, channels)
      : null;

  const parts: Part[] = [
    ...groundParts(ground),
    ...(side === null
      ? []
      : [
          { name: 'readings', life: side.readings },
          { name: 'reading store', life: knownReadingStore(configuration, side.readings.readings, log) },
          { name: 'ingest', life: side.ingest },
          ...(source?.parts ?? []),
          ...tendingParts(ground, side),
        ]),
    ...(channels === null ? [] : [{ name: 'channels', life: channels.directory }]),
    ...(channels !== null && services.has('alerting') ? alertingParts(ground, channels) : []),
    ...(services.has('settlement') ? [{ name: 'settlement', life: settlementOf(ground) }] : []),
    ...(api?.parts ?? []),
    ...(side === null ? [] : deadManOf(ground, side)),
  ];
  const running = runParts(parts, log);

  return {
    start: () => running.start(),
    async stop() {
      await running.stop();
      await ground.close();
    },
    url: () => (api === null ? null : (ground.publicUrl ?? api.api.address())),
    mqttPort: () => source?.broker?.address().port ?? null,
    async firstAdministrator() {
      return api !== null && (await stores.users.count()) === 0 ? await api.adminLink() : null;
    },
    simulatorArguments: () => simulatorArguments(demo, source?.broker?.address().port ?? null),
  };
}

function alertingParts(ground: Ground, channels: Channels): Part[] {
  const { configuration, stores, sites, bus, clock, log, telemetry, holder, signer, publicUrl } = ground;
  const alerting = createAlerting({
    stores,
    channels: { log: channels.log, providers: channels.directory.providers },
    limits: {
      ...limitsFor(configuration.SMS_RATE_PER_S),
      ...messageCaps(configuration),
    },
    sites,
    bus,
    clock,
    log,
    telemetry,
    holder,
    soleSender: configuration.DATABASE_URL === undefined,
    random: Math.random,
    credits: createCreditSource(stores),
    signer,
    publicUrl,
  });
  const dispatching = createDispatching({
    stores,
    sites,
    bus,
    clock,
    log,
    telemetry,
    newId: () => randomBytes(9).toString('base64url'),
    newCode: replyCode,
  });
  const common = { stores, sites, bus, clock, log, telemetry };
  return [
    { name: 'alerting', life: alerting },
    { name: 'dispatch', life: dispatching },
    { name: 'planned outages', life: createPlanning(common) },
    { name: 'aftercare', life: createAftercare({ ...common, asksOwners: publicUrl !== null }) },
  ];
}

function settlementOf(ground: Ground): Lifecycle {
  const { events, incidents, estimates, claims, money, fund, facts, people } = ground.stores;
  const { sites, schemes, clock, bus, log, telemetry, holder } = ground;
  return createSettlement({
    events,
    incidents,
    estimates,
    claims,
    money,
    fund,
    facts,
    people,
    sites,
    schemes: schemes.known,
    clock,
    bus,
    log,
    telemetry,
    holder,
  });
}

/** Beside ingest: an ingest that stands still is what somebody must hear of. */
function deadManOf({ configuration, stores, log, telemetry }: Ground, side: IngestSide): Part[] {
  const { DEAD_MAN_URL: url } = configuration;
  if (url === undefined) return [];
  const asked = { stores, readings: side.readings.readings, ingest: side.ingest };
  const healthy = async () => (await readiness(asked)).status === 'ready';
  return [{ name: 'dead-man ping', life: createDeadMan({ url, every_s: 60, healthy, log, telemetry }) }];
}

function simulatorArguments(demo: Demo | null, port: number | null): string[] | null {
  if (demo === null || port === null) return null;
  const broker = `mqtt://127.0.0.1:${port}`;
  return ['--site', demo.siteFile, '--broker', broker, '--credentials', demo.credentialsFile];
}
