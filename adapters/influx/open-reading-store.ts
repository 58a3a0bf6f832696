import { InfluxDB, type WriteApi } from '@influxdata/influxdb-client';
import type { Logger } from '../../core/ports/logger.ts';
import { type ReadingBatch, type ReadingStore, ReadingStoreError } from '../../core/ports/reading-store.ts';
import { batchFault } from '../../core/readings/batch-fault.ts';
import { bucketsOf, countQuery, deleteQuery, gridOf, historyQuery } from './influxql.ts';
import { lineFault, linesOf, MEASUREMENT } from './line-protocol.ts';
import { prepareServer, queryInfluxql } from './prepare-server.ts';
import type { ServerVersion } from './server-version.ts';
import { storeError } from './store-error.ts';

export interface InfluxReadingStoreOptions {
  readonly url: string;
  /** 2.x and 3.x. */
  readonly token?: string;
  readonly org?: string;
  /** The database on 1.x and 3.x. */
  readonly bucket: string;
  /** 1.x. */
  readonly username?: string;
  readonly password?: string;
  readonly log: Logger;
  /** Of one request; default 10 s. */
  readonly timeout_ms?: number;
}

const NO_DELETION = 'InfluxDB 3 deletes no points on request: give its database a retention period';

/** A request of so many points stays below every server's limit on bodies. */
const POINTS_PER_REQUEST = 5_000;

/** Far above any request of ours: reaching it would make the client send on its own, unawaited. */
const CLIENT_BATCH_BYTES = 200_000_000;

/**
 * Readings in InfluxDB 1.x, 2.x or 3.x. A point is (site, device, ms).
 *
 * InfluxDB merges a repeated point field by field: each field is the one written last, and a field that only the
 * earlier reading had stays. So "the later arrival wins" holds field by field, given batches in order of arrival.
 */
export async function openInfluxReadingStore(options: InfluxReadingStoreOptions): Promise<ReadingStore> {
  const { log } = options;
  const target = { org: options.org ?? '', bucket: options.bucket };
  const client = createClient(options);
  const { transport } = client;
  let prepared: Promise<ServerVersion> | null = null;
  let closed = false;

  function server(): Promise<ServerVersion> {
    if (closed)
      return Promise.reject(
        new ReadingStoreError('refused', 'The store of readings is closed', { retryable: false }),
      );
    prepared ??= prepareServer(transport, target, log);
    return prepared;
  }

  /** After a failure the server may come back as another one, or without the database. */
  async function attempt<T>(doing: string, work: (server: ServerVersion) => Promise<T>): Promise<T> {
    try {
      return await work(await server());
    } catch (cause) {
      const error = storeError(cause, doing);
      if (error.retryable) prepared = null;
      throw error;
    }
  }

  const select = (statement: string) => queryInfluxql(transport, options.bucket, statement);

  const store: ReadingStore = {
    async write(batch) {
      const fault = batchFault(batch) ?? lineFault(batch);
      if (fault !== null) {
        throw new ReadingStoreError('refused', `The batch is unfit: ${fault}`, { retryable: false });
      }
      await attempt('a write', (version) => writeBatch(client, target, version, options.url, batch));
    },
    async history(query) {
      if (query.to <= query.from) return [];
      const whole = { ...query, from: Math.ceil(query.from), to: Math.ceil(query.to) };
      return await attempt('a query', async () =>
        bucketsOf(await select(historyQuery(whole, gridOf(whole))), whole),
      );
    },
    async count(site, from, to) {
      if (to <= from) return 0;
      return await attempt('a query', async () =>
        Number((await select(countQuery(site, from, to)))[0]?.[1] ?? 0),
      );
    },
    async retain(site, before) {
      await attempt('a deletion', async (version) => {
        if (version.major === 3) throw new ReadingStoreError('refused', NO_DELETION, { retryable: false });
        if (version.major === 1) await select(deleteQuery(site, before));
        else await deleteByPredicate(client, target, site, before);
      });
    },
    ready: () =>
      attempt('/ping', async () => `InfluxDB ${(await prepareServer(transport, target, log)).name}`),
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
  await store.ready();
  return store;
}

function createClient(options: InfluxReadingStoreOptions): InfluxDB {
  const { username, password = '' } = options;
  const basic =
    username === undefined ? undefined : Buffer.from(`${username}:${password}`).toString('base64');
  return new InfluxDB({
    url: options.url,
    timeout: options.timeout_ms ?? 10_000,
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(basic === undefined ? {} : { headers: { authorization: `Basic ${basic}` } }),
  });
}

/** One awaited request after another; a request refused for good does not keep the others from being written. */
async function writeBatch(
  client: InfluxDB,
  target: { readonly org: string; readonly bucket: string },
  version: ServerVersion,
  url: string,
  batch: ReadingBatch,
): Promise<void> {
  const api = createWriteApi(client, target, version, url);
  let refused: ReadingStoreError | undefined;
  for (let from = 0; from < batch.ts.length; from += POINTS_PER_REQUEST) {
    api.writeRecord(linesOf(batch, from, Math.min(batch.ts.length, from + POINTS_PER_REQUEST)));
    try {
      await api.flush();
    } catch (cause) {
      const error = storeError(cause, 'a write');
      if (error.retryable) throw error;
      refused ??= error;
    }
  }
  if (refused !== undefined) throw refused;
}

function createWriteApi(
  client: InfluxDB,
  { org, bucket }: { readonly org: string; readonly bucket: string },
  version: ServerVersion,
  url: string,
): WriteApi {
  const api = client.getWriteApi(org, bucket, 'ms', {
    batchSize: 2,
    maxBatchBytes: CLIENT_BATCH_BYTES,
    flushInterval: 0,
    maxRetries: 0,
    gzipThreshold: isLoopback(url) ? Number.MAX_SAFE_INTEGER : 1_000,
    // A promise of our own keeps the client from logging what the caller will log; it is the outcome of flush().
    writeFailed: (error) => Promise.reject(error),
  });
  if (version.writePath === 'v1') api.path = `/write?${new URLSearchParams({ db: bucket, precision: 'ms' })}`;
  return api;
}

/** Compressing for the same machine only costs CPU. */
function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

async function deleteByPredicate(
  client: InfluxDB,
  { org, bucket }: { readonly org: string; readonly bucket: string },
  site: string,
  before: number,
): Promise<void> {
  const search = new URLSearchParams({ org, bucket });
  const predicate = `_measurement="${MEASUREMENT}" AND site="${site.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
  await client.transport.request(
    `/api/v2/delete?${search}`,
    { start: '1970-01-01T00:00:00Z', stop: new Date(Math.floor(before)).toISOString(), predicate },
    { method: 'POST' },
  );
}
