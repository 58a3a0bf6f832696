import { HttpError } from '@influxdata/influxdb-client';
import { ReadingStoreError } from '../../core/ports/reading-store.ts';
import { InfluxqlError } from './influxql.ts';

/** The request itself is at fault: 400 and 422 malformed or partly written, 413 too large. */
const REQUEST_AT_FAULT = new Set([400, 413, 422]);

/** Somebody has to set something right, then it works. */
const SETUP_AT_FAULT = new Set([401, 403, 404]);

/**
 * By status alone. A partial write (a field of another type, points beyond the retention policy) is a 400 or 422:
 * the server kept the other points, and the refused ones would be refused again.
 */
export function storeError(cause: unknown, doing: string): ReadingStoreError {
  if (cause instanceof ReadingStoreError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof InfluxqlError) return refused(`InfluxDB refused ${doing}: ${said}`, cause, true);
  if (!(cause instanceof HttpError)) {
    return new ReadingStoreError('unreachable', `InfluxDB did not answer ${doing}: ${said}`, {
      retryable: true,
      cause,
    });
  }

  const answer = `InfluxDB answered ${cause.statusCode} to ${doing}: ${said}`;
  if (REQUEST_AT_FAULT.has(cause.statusCode)) return refused(answer, cause, false);
  if (SETUP_AT_FAULT.has(cause.statusCode)) return refused(answer, cause, true);
  const code = cause.statusCode === 507 ? 'full' : 'unreachable';
  return new ReadingStoreError(code, answer, { retryable: true, cause });
}

function refused(message: string, cause: unknown, retryable: boolean): ReadingStoreError {
  return new ReadingStoreError('refused', message, { retryable, cause });
}
