import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HealthReply, type ReadyReply, ReadyReply as ReadySchema } from '../../contracts/http/health.ts';
import { sameText } from '../access/tokens.ts';
import type { Context } from '../context.ts';
import { Refused } from '../errors.ts';

const CHECK_TIMEOUT_MS = 2_000;
/** However often somebody asks, the stores are asked once a second. */
const REUSE_MS = 1_000;
const LAG_MAX_S = 60;

type Check = ReadyReply['checks'][string];

/** For supervisors and monitors: is it alive, could it do its work, what does it count. No session; says no more than needed. */
export function registerHealth(app: FastifyInstance, context: Context): void {
  let last: { readonly at: number; readonly reply: Promise<ReadyReply> } | null = null;

  app.get('/healthz', { schema: { hide: true, response: { 200: HealthReply } } }, async () => ({
    status: 'alive' as const,
    version: context.version,
  }));

  app.get(
    '/readyz',
    { schema: { hide: true, response: { 200: ReadySchema, 503: ReadySchema } } },
    async (_request, reply) => {
      const now = context.clock.monotonic();
      if (last === null || now - last.at > REUSE_MS) last = { at: now, reply: readiness(context) };
      const answer = await last.reply;
      return reply
        .code(answer.status === 'ready' ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(answer);
    },
  );

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayReadMetrics(request, context.metricsToken)) throw new Refused('not_found');
    return reply.type(context.metrics.contentType).send(await context.metrics.render());
  });
}

/** Every check with a deadline; also what the dead-man ping goes by. */
export async function readiness(
  context: Pick<Context, 'stores' | 'readings' | 'ingest'>,
): Promise<ReadyReply> {
  const [database, readings] = await Promise.all([
    check(() => context.stores.ready()),
    check(() => context.readings.ready()),
  ]);
  const checks = { database, readings, ingest: ingestCheck(context.ingest) };
  const ready = Object.values(checks).every(({ ok }) => ok);
  return { status: ready ? 'ready' : 'not_ready', checks };
}

async function check(ask: () => Promise<string>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: 'no answer' }), CHECK_TIMEOUT_MS);
  });
  const answer = ask().then(
    (detail): Check => ({ ok: true, detail }),
    (): Check => ({ ok: false, detail: 'unreachable' }),
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function ingestCheck(ingest: Context['ingest']): Check {
  if (ingest === null) return { ok: true, detail: 'runs elsewhere' };
  const status = ingest.status();
  if (status.journalFull) return { ok: false, detail: 'journal full' };
  if (!status.accepting) return { ok: false, detail: 'not accepting messages' };
  const behind = status.readers.find(({ lag_s }) => lag_s > LAG_MAX_S);
  if (behind !== undefined) {
    return { ok: false, detail: `${behind.reader} is ${Math.round(behind.lag_s)} s behind` };
  }
  return { ok: true, detail: 'accepting' };
}

/** This machine itself, or whoever has the token. */
function mayReadMetrics(request: FastifyRequest, token: string | undefined): boolean {
  const { authorization } = request.headers;
  if (token !== undefined && authorization !== undefined) return sameText(authorization, `Bearer ${token}`);
  return isLocal(request);
}

/** A proxy on this machine speaks for others: what it passes on is not local. */
export function isLocal(request: FastifyRequest): boolean {
  const { headers } = request;
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  return /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '');
}
