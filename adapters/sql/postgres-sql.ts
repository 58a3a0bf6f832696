import pg from 'pg';
import type { Logger } from '../../core/ports/logger.ts';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { createPace } from './pace.ts';
import { isSerializationFailure, type PostgresPlace, postgresFault } from './postgres-faults.ts';
import { type ResultsOf, type Sql, type Step, type StepResult, UnmetStep } from './sql.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly log: Logger;
  readonly maxConnections: number;
  readonly statementTimeout_ms: number;
}

export interface PostgresSql extends Sql {
  /** Resolves with the server's version. */
  open(): Promise<string>;
  close(): Promise<void>;
}

/** Times a transaction is run again after another one got in its way. */
const MAX_ATTEMPTS = 8;

/** A dead connection shows at once; whatever fails later is no leftover of the pool. */
const STALE_WITHIN_MS = 1_000;

const INT8 = 20;

export function createPostgresSql({
  url,
  log,
  maxConnections,
  statementTimeout_ms,
}: PostgresOptions): PostgresSql {
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    application_name: 'relight',
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeout_ms,
    idle_in_transaction_session_timeout: statementTimeout_ms,
    // Should the server vanish without a word, the socket must not wait for ever.
    query_timeout: statementTimeout_ms + 5_000,
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: parserOf },
  });
  pool.on('error', (error) =>
    log.warn('an idle connection to PostgreSQL was lost', { error: error.message }),
  );
  // Without a listener of its own, a connection that breaks while it is lent out would end the process.
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug('a connection to PostgreSQL broke', { error: error.message }));
  });
  let closed = false;

  async function attempt(steps: readonly Step[]): Promise<readonly StepResult[]> {
    const client = await pool.connect();
    const began = performance.now();
    const progress: Progress = { committing: false };
    let broken = false;
    try {
      return await transaction(client, steps, progress);
    } catch (error) {
      broken = !(error instanceof UnmetStep) && !(await rolledBack(client));
      const stale = broken && !progress.committing && performance.now() - began < STALE_WITHIN_MS;
      throw stale ? new StaleConnection(error) : error;
    } finally {
      client.release(broken);
    }
  }

  async function run(steps: readonly Step[]): Promise<readonly StepResult[]> {
    if (closed) throw new StoreUnavailable('The connection to PostgreSQL is closed', { retryable: false });
    for (let count = 1; ; count++) {
      try {
        return await attempt(steps);
      } catch (error) {
        if (error instanceof UnmetStep) throw error;
        if (error instanceof StaleConnection && count <= maxConnections) continue;
        if (!isSerializationFailure(error) || count >= MAX_ATTEMPTS) {
          throw postgresFault(error instanceof StaleConnection ? error.cause : error, place);
        }
        await pause(2 ** count * (0.5 + Math.random()));
      }
    }
  }

  return {
    async open() {
      const [version] = await run([
        { sql: "select current_setting('server_version') as version", parameters: [] },
      ]);
      const [row] = (version?.rows ?? []) as { version: string }[];
      return row?.version ?? 'unknown';
    },
    // One result a step, in order: what the types of the steps promise of their rows.
    run: <const Steps extends readonly Step[]>(steps: Steps) => run(steps) as Promise<ResultsOf<Steps>>,
    async close() {
      closed = true;
      await pool.end();
    },
  };
}

interface Progress {
  /** From here on the work may have been done, whatever happens to the connection. */
  committing: boolean;
}

/** A pooled connection had died unnoticed, and nothing was done on it: another one may well work. */
class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('A pooled connection was dead', { cause });
  }
}

const BEGIN: Step = { sql: 'begin', parameters: [] };
const COMMIT: Step = { sql: 'commit', parameters: [] };
const ROLLBACK: Step = { sql: 'rollback', parameters: [] };

/**
 * Statements are sent without waiting for each other's answer, up to one that has an expectation: a transaction
 * takes two or three journeys to the server, whatever its length. After a failed statement PostgreSQL refuses
 * the rest, and its commit is a rollback.
 */
async function transaction(
  client: pg.PoolClient,
  steps: readonly Step[],
  progress: Progress,
): Promise<readonly StepResult[]> {
  const only = steps.length === 1 ? steps[0] : undefined;
  if (only !== undefined && only.expect === undefined) {
    progress.committing = !only.sql.startsWith('select');
    return [await execute(client, only)];
  }

  const pace = createPace();
  const sent = [send(client, BEGIN)];
  for (const step of steps) {
    const answer = send(client, step);
    sent.push(answer);
    if (step.expect !== undefined) {
      await allOf(sent);
      const { affected } = await answer;
      if (affected !== step.expect.affected) {
        await execute(client, ROLLBACK);
        throw new UnmetStep(step.expect.name, affected);
      }
    }
    await pace();
  }
  progress.committing = true;
  sent.push(send(client, COMMIT));
  return (await allOf(sent)).slice(1, -1);
}

/** The answer is looked at later; until then a failure is not unhandled. */
function send(client: pg.PoolClient, step: Step): Promise<StepResult> {
  const answer = execute(client, step);
  answer.catch(() => {});
  return answer;
}

/** Rejects with the first failure, once nothing is under way any more. */
async function allOf<T>(answers: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(answers);
  return Promise.all(answers);
}

async function execute(client: pg.PoolClient, { sql, parameters }: Step): Promise<StepResult> {
  const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, [...parameters]);
  return { rows, affected: rowCount ?? 0 };
}

/** False when the connection itself is in doubt and must not be used again. */
async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

/** Epoch ms, minor units and counters all fit a double exactly; pg would hand int8 over as text. */
function parserOf(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
}

function placeOf(url: string): PostgresPlace {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    const form = 'postgres://user:password@host:5432/database';
    throw new StoreUnavailable(`DATABASE_URL is no PostgreSQL address. It looks like ${form}`, {
      retryable: false,
    });
  }
  return {
    address: parsed.host === '' ? (parsed.searchParams.get('host') ?? 'localhost') : parsed.host,
    database: decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username),
    user: decodeURIComponent(parsed.username),
  };
}

function pause(duration_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration_ms));
}
