import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckdbReadingStore } from '../adapters/duckdb/open-reading-store.ts';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { openSqliteStores } from '../adapters/sql/sqlite-stores.ts';
import type { Incident } from '../core/incidents/incident.ts';
import type { Interruption } from '../core/interruptions/interruption.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import type { Delivery } from '../core/ports/outbox.ts';
import type { Confirmed } from './simulator-process.ts';

/** Everything a stopped platform left behind about one site. */
export interface OutageResult {
  readonly incidents: readonly Incident[];
  readonly ledger: readonly Interruption[];
  readonly deliveries: readonly Delivery[];
  readonly estimates: readonly Estimate[];
  /** Ids in messages.log, one a message that was handed over. */
  readonly handedOver: readonly string[];
  /** Confirmed to their senders and not in the store of readings. */
  readonly lost: readonly Confirmed[];
}

const LIMIT = 10_000;
/** As fine as the store answers: far finer than two readings of one device ever are apart. */
const BUCKETS = 20_000;

export async function readResult(
  directory: string,
  site: string,
  confirmed: readonly Confirmed[],
): Promise<OutageResult> {
  const log = createLogger({ level: 'error' });
  const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log });
  try {
    const incidents = await stores.incidents.list({ sites: [site], limit: LIMIT });
    const estimates = await Promise.all(incidents.map(({ id }) => stores.estimates.ofIncident(site, id)));
    return {
      incidents,
      ledger: await stores.incidents.interruptions({ site, limit: LIMIT }),
      deliveries: await stores.outbox.list({ site, limit: LIMIT }),
      estimates: estimates.flat(),
      handedOver: handedOverIn(join(directory, 'messages.log')),
      lost: await missingFrom(join(directory, 'readings'), site, confirmed),
    };
  } finally {
    await stores.close();
  }
}

/** Lines that a kill cut short are no messages. */
function handedOverIn(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [String(JSON.parse(line).id)] : []));
}

async function missingFrom(
  directory: string,
  site: string,
  confirmed: readonly Confirmed[],
): Promise<readonly Confirmed[]> {
  const store = await openDuckdbReadingStore({
    directory,
    memoryLimit_mb: 256,
    limit_bytes: 1e12,
    log: createLogger({ level: 'error' }),
  });
  const [from, to] = confirmed.reduce<[number, number]>(
    ([low, high], { ts }) => [Math.min(low, ts), Math.max(high, ts + 1)],
    [Number.MAX_SAFE_INTEGER, 0],
  );
  const width_ms = Math.ceil((to - from) / BUCKETS);
  try {
    const missing: Confirmed[] = [];
    for (const [device, instants] of byDevice(confirmed)) {
      const query = { site, device, fields: [], from, to, buckets: Math.ceil((to - from) / width_ms) };
      const found = new Set((await store.history(query)).map(({ at }) => at));
      for (const ts of instants) {
        if (!found.has(ts - ((ts - from) % width_ms))) missing.push({ device, ts });
      }
    }
    return missing;
  } finally {
    await store.close();
  }
}

function byDevice(confirmed: readonly Confirmed[]): Map<string, number[]> {
  const instants = new Map<string, number[]>();
  for (const { device, ts } of confirmed) instants.set(device, [...(instants.get(device) ?? []), ts]);
  return instants;
}
