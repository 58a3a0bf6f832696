import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { ConstraintViolated } from './sql.ts';

/** Where the database is, without its password. */
export interface PostgresPlace {
  readonly address: string;
  readonly database: string;
  readonly user: string;
}

/** Two transactions met; run again from the start, one of them goes through. */
export function isSerializationFailure(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** Says what a failure of PostgreSQL means and what to change; our own mistakes pass through. */
export function postgresFault(error: unknown, { address, database, user }: PostgresPlace): unknown {
  const code = codeOf(error);
  if (code === '23505') return new ConstraintViolated('unique', { cause: error });
  if (code.startsWith('23')) return new ConstraintViolated('other', { cause: error });
  const unavailable = (message: string, retryable: boolean) =>
    new StoreUnavailable(message, { retryable, cause: error });

  if (code === '28P01' || code === '28000') {
    return unavailable(
      `PostgreSQL at ${address} refuses user '${user}'. Check user and password in DATABASE_URL.`,
      false,
    );
  }
  if (code === '3D000') {
    return unavailable(
      `PostgreSQL at ${address} has no database '${database}'. Create it: createdb ${database}`,
      false,
    );
  }
  if (code === '42501') {
    return unavailable(
      `User '${user}' may not do this in database '${database}'. Make that user its owner.`,
      false,
    );
  }
  if (code === '57014')
    return unavailable(`PostgreSQL at ${address} took too long and the statement was cancelled.`, true);
  if (code === '53100')
    return unavailable(`The disk of PostgreSQL at ${address} is full. Free some space.`, true);
  if (code === '53300')
    return unavailable(`PostgreSQL at ${address} has no free connection. Raise max_connections.`, true);
  if (code === '25006')
    return unavailable(`PostgreSQL at ${address} is read-only just now (a standby?).`, true);
  if (code === '0A000' || code.startsWith('42')) return error;
  if (isSerializationFailure(error)) return unavailable(`PostgreSQL at ${address} is too contended.`, true);
  if (/^(08|53|57|58|XX)/.test(code) || isNetworkCode(code) || !isDatabaseError(error)) {
    const check = 'Check that it runs and that DATABASE_URL names the right host and port.';
    return unavailable(`PostgreSQL at ${address} does not answer. ${check}`, true);
  }
  return error;
}

function codeOf(error: unknown): string {
  // A refused connection to a name with several addresses arrives as an AggregateError.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : '';
}

function isNetworkCode(code: string): boolean {
  return /^(E[A-Z]+|ERR_SOCKET.*|ERR_TLS.*|CERT_.*|DEPTH_.*|SELF_SIGNED.*|UNABLE_.*)$/.test(code);
}

/** pg reports a lost connection and its own time-outs as plain errors without a code. */
function isDatabaseError(error: unknown): boolean {
  return codeOf(error) !== '' || error instanceof TypeError || error instanceof RangeError;
}
