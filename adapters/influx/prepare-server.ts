import { HttpError, type Transport } from '@influxdata/influxdb-client';
import type { Logger } from '../../core/ports/logger.ts';
import { ReadingStoreError } from '../../core/ports/reading-store.ts';
import { InfluxqlError, identifier, property, rowsOf } from './influxql.ts';
import { readServerVersion, type ServerVersion } from './server-version.ts';
import { storeError } from './store-error.ts';

export interface InfluxTarget {
  readonly org: string;
  readonly bucket: string;
}

/** Finds out which InfluxDB answers and makes sure that it can be written to and read by InfluxQL. */
export async function prepareServer(
  transport: Transport,
  target: InfluxTarget,
  log: Logger,
): Promise<ServerVersion> {
  const server = await ping(transport);
  if (server.major === 1) await createDatabase(transport, target.bucket);
  if (server.major === 2) await checkMapping(transport, target, log);
  return server;
}

export async function queryInfluxql(
  transport: Transport,
  bucket: string,
  statement: string,
): Promise<readonly (readonly unknown[])[]> {
  const method = /^(SELECT|SHOW) /.test(statement) ? 'GET' : 'POST';
  const search = new URLSearchParams({ db: bucket, epoch: 'ms', q: statement });
  const answer: unknown = await transport.request(`/query?${search}`, '', {
    method,
    headers: { accept: 'application/json' },
  });
  return rowsOf(answer);
}

async function ping(transport: Transport): Promise<ServerVersion> {
  let header: string | undefined;
  try {
    await transport.request('/ping', '', { method: 'GET' }, (headers) => {
      const value = headers['x-influxdb-version'];
      header = Array.isArray(value) ? value[0] : value;
    });
  } catch (cause) {
    throw storeError(cause, '/ping');
  }
  return readServerVersion(header);
}

/** Asking for its retention policies is what a user without admin rights may do. */
async function createDatabase(transport: Transport, bucket: string): Promise<void> {
  try {
    await queryInfluxql(transport, bucket, `SHOW RETENTION POLICIES ON ${identifier(bucket)}`);
    return;
  } catch (cause) {
    if (!(cause instanceof InfluxqlError) && !isStatus(cause, [403, 404]))
      throw storeError(cause, 'a question about its database');
  }
  try {
    await queryInfluxql(transport, bucket, `CREATE DATABASE ${identifier(bucket)}`);
  } catch (cause) {
    if (!(cause instanceof InfluxqlError) && !isStatus(cause, [401, 403]))
      throw storeError(cause, 'the creation of its database');
    throw setupError(
      `InfluxDB has no database ${bucket} and this user may not create it: run CREATE DATABASE ${identifier(bucket)} and grant the user all on it`,
      cause,
    );
  }
}

/** InfluxDB 2 answers InfluxQL only for buckets that a database name is mapped to (DBRP). */
async function checkMapping(transport: Transport, target: InfluxTarget, log: Logger): Promise<void> {
  const { org, bucket } = target;
  let buckets: unknown;
  let mappings: unknown;
  try {
    buckets = property(await get(transport, '/api/v2/buckets', { org, name: bucket }), 'buckets');
    mappings = property(await get(transport, '/api/v2/dbrps', { org, db: bucket }), 'content');
  } catch (cause) {
    if (isStatus(cause, [401, 403])) {
      log.warn('The InfluxDB token may not look at buckets and mappings; they stay unchecked', { bucket });
      return;
    }
    if (!isStatus(cause, [404])) throw storeError(cause, 'a question about its bucket');
    buckets = [];
  }
  if (!Array.isArray(buckets) || buckets.length === 0) {
    throw setupError(
      `InfluxDB has no bucket ${bucket} in organisation ${org}: create it, or set the right names`,
      undefined,
    );
  }
  if (!Array.isArray(mappings) || mappings.length === 0) {
    const id = String(property(buckets[0], 'id') ?? '<bucket id>');
    throw setupError(
      `InfluxDB maps no database to bucket ${bucket}, so it cannot be read: run influx v1 dbrp create --org ${org} --db ${bucket} --rp autogen --bucket-id ${id} --default`,
      undefined,
    );
  }
}

async function get(transport: Transport, path: string, search: Record<string, string>): Promise<unknown> {
  return await transport.request(`${path}?${new URLSearchParams(search)}`, '', {
    method: 'GET',
    headers: { accept: 'application/json' },
  });
}

function isStatus(cause: unknown, statuses: readonly number[]): boolean {
  return cause instanceof HttpError && statuses.includes(cause.statusCode);
}

function setupError(message: string, cause: unknown): ReadingStoreError {
  return new ReadingStoreError('refused', message, { retryable: true, cause });
}
