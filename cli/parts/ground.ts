import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createHmacSigner } from '../../adapters/links/hmac-signer.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus.ts';
import { createInProcessBus } from '../../adapters/mqtt/in-process-bus.ts';
import { createMqttBus } from '../../adapters/mqtt/mqtt-bus.ts';
import { loadPayouts } from '../../adapters/registry/load-payouts.ts';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { loadSchemes } from '../../adapters/registry/load-schemes.ts';
import { createSchemeDirectory, type SchemeDirectory } from '../../adapters/registry/scheme-directory.ts';
import { createSiteDirectory } from '../../adapters/registry/site-directory.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Bus } from '../../core/ports/bus.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { LinkSigner } from '../../core/ports/link-signer.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import { packageRoot } from '../package-root.ts';
import type { Part } from '../run-parts.ts';
import { brokerLogin } from './broker-login.ts';
import { checkDataDirectory } from './data-directory.ts';
import { openStores } from './stores.ts';
import { systemClock } from './system-clock.ts';

/** What every service stands on: opened before any of them, closed after all of them. */
export interface Ground {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: ReturnType<typeof createPrometheus>;
  readonly bus: Bus;
  /** Null when the bus has no life of its own. */
  readonly busLife: Lifecycle | null;
  readonly stores: Stores;
  readonly profiles: Profiles;
  readonly schemes: SchemeDirectory;
  readonly payouts: Awaited<ReturnType<typeof loadPayouts>>;
  readonly sites: SiteDirectory & Lifecycle;
  /** Signs links in messages with a key that all processes of one database share. */
  readonly signer: LinkSigner;
  /** Names this process among its kind; a restarted one is another. */
  readonly holder: string;
  readonly publicUrl: string | null;
  /** Closed when everything has stopped, the newest first. */
  onClose(close: () => Promise<void>): void;
  close(): Promise<void>;
}

/** `alone`: all services are in this process and talk within it. */
export async function openGround(configuration: Configuration, log: Logger, alone: boolean): Promise<Ground> {
  await checkDataDirectory(configuration.DATA_DIR);
  const telemetry = createPrometheus();
  const holder = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const profiles = await loadProfiles();
  const shipped = await loadSchemes(join(packageRoot(), 'schemes'));
  const payouts = await loadPayouts();
  const mqttBus = alone ? null : openBus(configuration, holder, log, telemetry);
  const bus = mqttBus ?? createInProcessBus({ log });
  const stores = await openStores(configuration, log);
  const closing = [() => stores.close()];
  const linkKey = await stores.dispatches.linkKey(randomBytes(32).toString('base64url'));

  return {
    configuration,
    clock: systemClock,
    log,
    telemetry,
    bus,
    busLife: mqttBus,
    stores,
    profiles,
    schemes: createSchemeDirectory({ shipped, store: stores.schemes, log }),
    payouts,
    sites: createSiteDirectory({ sites: stores.sites, bus, log }),
    signer: createHmacSigner(linkKey),
    holder,
    publicUrl: configuration.PUBLIC_URL ?? null,
    onClose: (close) => void closing.push(close),
    async close() {
      for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
    },
  };
}

function openBus(configuration: Configuration, holder: string, log: Logger, telemetry: Telemetry) {
  return createMqttBus({
    ...brokerLogin(configuration),
    clientId: `relight-bus-${holder}`,
    log,
    telemetry,
  });
}

/** The parts that every process begins with. */
export function groundParts({ sites, schemes, busLife }: Ground): Part[] {
  return [
    ...(busLife === null ? [] : [{ name: 'bus', life: busLife }]),
    { name: 'sites', life: sites },
    { name: 'schemes', life: schemes },
  ];
}
