import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { Problem } from '../../contracts/http/problem.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { ReadingStoreError } from '../../core/ports/reading-store.ts';
import { StoreConflict, StoreUnavailable } from '../../core/ports/site-store.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { ERRORS, type ErrorCode, type FieldError, Refused } from '../errors.ts';

const MEDIA_TYPE = 'application/problem+json; charset=utf-8';
const FAULTS_MAX = 100;

/** Faults of the framework's own doors, by its codes. */
const FRAMEWORK: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_body',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
};

/** Every answer that is not 2xx is written here, from the one catalogue; texts of our own faults stay in the log. */
export function registerProblems(app: FastifyInstance, log: Logger, telemetry: Telemetry): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal !== null) return sendProblem(reply, refusal.code, refusal);
    const instance = `urn:uuid:${randomUUID()}`;
    log.error('request failed', { instance, method: request.method, route: request.routeOptions.url, error });
    telemetry.count('relight_api_faults_total', { route: request.routeOptions.url ?? 'none' });
    return sendProblem(reply, 'internal', { instance });
  });
}

export function sendProblem(
  reply: FastifyReply,
  code: ErrorCode,
  extra: {
    readonly errors?: readonly FieldError[] | undefined;
    readonly instance?: string;
    readonly retryAfter_s?: number | undefined;
  } = {},
): FastifyReply {
  const { status, title } = ERRORS[code];
  const body: Problem = {
    type: `urn:relight:error:${code}`,
    title,
    status,
    code,
    ...(extra.instance === undefined ? {} : { instance: extra.instance }),
    ...(extra.errors === undefined
      ? {}
      : { errors: extra.errors.slice(0, FAULTS_MAX).map((one) => ({ ...one })) }),
  };
  if (extra.retryAfter_s !== undefined) reply.header('retry-after', String(extra.retryAfter_s));
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type(MEDIA_TYPE)
    .serializer(JSON.stringify)
    .send(body);
}

/** The expected refusal an error stands for; null when it is a fault of ours. */
function refusalOf(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  if (error instanceof StoreUnavailable || error instanceof ReadingStoreError) {
    return new Refused('store_unavailable', { retryAfter_s: 5 });
  }
  if (error instanceof StoreConflict && error.code === 'version_conflict')
    return new Refused('version_conflict');
  if (!isFrameworkError(error)) return null;
  if (error.validation !== undefined) {
    return new Refused('invalid_request', {
      errors: error.validation.map((fault) => ({
        path: `/${error.validationContext ?? 'body'}${fault.instancePath}`,
        code: fault.keyword,
        ...(fault.message === undefined ? {} : { message: fault.message }),
      })),
    });
  }
  const code = FRAMEWORK[error.code];
  if (code !== undefined) return new Refused(code);
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
    ? new Refused(error.statusCode === 429 ? 'too_many_requests' : 'invalid_request')
    : null;
}

function isFrameworkError(error: unknown): error is FastifyError {
  return error instanceof Error && ('code' in error || 'statusCode' in error || 'validation' in error);
}
