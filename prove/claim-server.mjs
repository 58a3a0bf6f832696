import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createHmacSigner } from '../dist/adapters/links/hmac-signer.js';
import { createLogger } from '../dist/adapters/log/pino-logger.js';
import { createPrometheus } from '../dist/adapters/metrics/prometheus.js';
import { createInProcessBus } from '../dist/adapters/mqtt/in-process-bus.js';
import { loadPayouts } from '../dist/adapters/registry/load-payouts.js';
import { loadSchemes } from '../dist/adapters/registry/load-schemes.js';
import { createSiteDirectory } from '../dist/adapters/registry/site-directory.js';
import { openSqliteStores } from '../dist/adapters/sql/sqlite-stores.js';
import { createApi } from '../dist/api/app.js';
import { createSettlement } from '../dist/settlement/app.js';

// Settlement and API of the built platform over one data folder, without ingest: what handles money, to be killed.
const [directory = '', schemesFolder = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
// Loaded, and waiting to take the data over: most of a start is loading.
process.send?.('warm');
await new Promise((resolve) => process.once('message', resolve));
const log = createLogger({ level: 'warn' });
const telemetry = createPrometheus();
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const bus = createInProcessBus({ log });
const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log });
await stores.migrate();
const sites = createSiteDirectory({ sites: stores.sites, bus, log });
await sites.start();
const { events, incidents, estimates, claims, money, fund } = stores;
const settlement = createSettlement({
  ...stores,
  events,
  incidents,
  estimates,
  claims,
  money,
  fund,
  sites,
  schemes: await loadSchemes(schemesFolder),
  clock,
  bus,
  log,
  telemetry,
  holder: `proof-${process.pid}`,
  limits: { poll_ms: 100, gather_ms: 5, refresh_ms: 600_000 },
});
const api = createApi({
  host: '127.0.0.1',
  port: 0,
  stores,
  readings: { history: async () => [], ready: async () => 'none' },
  ingest: null,
  sites,
  signer: createHmacSigner(randomBytes(32).toString('base64url')),
  bus,
  clock,
  log,
  telemetry,
  metrics: telemetry,
  publicUrl: null,
  trustProxy: false,
  sessionHours: 12,
  secureCookies: false,
  dashboardDirectory: null,
  simulator: null,
  trials: { start: async () => {}, stop: async () => {} },
  payouts: await loadPayouts(),
  version: 'proof',
});
await api.start();
await settlement.start();
process.send?.({ url: api.address() });
