import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createSimulatorControl } from '../../adapters/mqtt/simulator-control.ts';
import { readXlsx } from '../../adapters/spreadsheet/read-xlsx.ts';
import { createAdminLink } from '../../api/access/links.ts';
import { type Api, createApi } from '../../api/app.ts';
import { createBackTests } from '../../settlement/back-tests.ts';
import { packageRoot } from '../package-root.ts';
import { packageVersion } from '../package-version.ts';
import type { Part } from '../run-parts.ts';
import { createTrials } from '../trials/create-trials.ts';
import type { Channels } from './channels.ts';
import { API_CLIENT } from './extra-clients.ts';
import { given } from './given.ts';
import type { Ground } from './ground.ts';
import type { IngestSide } from './ingest.ts';
import { createLocalControl } from './local-control.ts';
import { messageCaps } from './message-caps.ts';
import { providerHooks } from './provider-hooks.ts';
import { readingSettings } from './reading-settings.ts';
import { createRemoteReadings } from './remote-readings.ts';
import type { Source } from './source.ts';

export interface ApiSide {
  readonly api: Api;
  readonly parts: readonly Part[];
  /** A new one-time link for an administrator; only after `start`. */
  adminLink(): Promise<string>;
}

/** The board and the API, with the hand on the demo's simulator and the door for this machine's shell. */
export function openApi(
  ground: Ground,
  side: IngestSide | null,
  source: Source | null,
  simulatorSecret: string | null,
  channels: Channels,
): ApiSide {
  const { configuration, stores, sites, schemes, bus, clock, log, telemetry, signer, publicUrl } = ground;
  const broker = source?.broker ?? null;
  const simulator =
    simulatorSecret === null || broker === null
      ? null
      : createSimulatorControl({
          url: () => `mqtt://127.0.0.1:${broker.address().port}`,
          username: API_CLIENT,
          password: simulatorSecret,
          log,
        });
  const credentialChanged = (site: string, client: string) => broker?.credentialChanged(site, client);
  const trials = createTrials({ stores, bus, clock, log });
  const { incidents, facts, people } = stores;
  const backTests = createBackTests({ incidents, facts, people, sites, schemes: schemes.known, clock, log });
  const local = createLocalControl({ ground, side, adminLink, credentialChanged, trials, backTests });
  const api = createApi({
    host: configuration.HTTP_HOST,
    port: configuration.HTTP_PORT,
    stores,
    readings: side?.readings.readings ?? createRemoteReadings(readingSettings(configuration), log),
    ingest: side?.ingest ?? null,
    sites,
    schemes: schemes.known,
    refreshSchemes: () => schemes.refresh(),
    backTests,
    signer,
    bus,
    clock,
    log,
    telemetry,
    metrics: telemetry,
    ...given('metricsToken', configuration.METRICS_TOKEN),
    publicUrl,
    trustProxy: trustOf(configuration.TRUST_PROXY),
    sessionHours: configuration.SESSION_HOURS,
    secureCookies: publicUrl?.startsWith('https:') ?? false,
    dashboardDirectory: builtDashboard(),
    simulator,
    messageCaps: messageCaps(configuration),
    trials,
    payouts: ground.payouts,
    readSpreadsheet: readXlsx,
    credentialChanged,
    control: local.control,
    hooks: providerHooks(ground, channels),
    channels: channels.desk,
    version: packageVersion(),
  });

  async function adminLink(): Promise<string> {
    const link = await createAdminLink({
      users: stores.users,
      clock,
      publicUrl: publicUrl ?? api.address(),
    });
    return link.url;
  }

  const parts = [
    ...(simulator === null ? [] : [{ name: 'simulator control', life: simulator }]),
    { name: 'trials', life: trials },
    { name: 'back-tests', life: backTests },
    { name: 'api', life: api },
    { name: 'local control', life: local.announced(() => api.address()) },
  ];
  return { api, parts, adminLink };
}

/** The folder of the built board; null before `npm run build`. */
export function builtDashboard(): string | null {
  const folder = join(packageRoot(), 'dashboard', 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

function trustOf(text: string | undefined): boolean | readonly string[] {
  if (text === undefined || /^(false|no|0)$/i.test(text)) return false;
  return /^(true|yes|1)$/i.test(text) ? true : text.split(',').map((part) => part.trim());
}
