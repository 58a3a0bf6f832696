import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { Refused } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Doors that strangers knock at: sign-in and one-time links. */
    strict?: boolean;
  }
}

const MINUTE_MS = 60_000;
const PER_SESSION = 1_200;
const PER_STRANGER = 300;
const STRICT = 30;

/** Requests a minute: per session, per address for strangers, and far fewer at the doors. Runs once the session is known. */
export async function registerLimits(app: FastifyInstance, telemetry: Telemetry): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (route.config?.strict === true)
      route.config = { ...route.config, rateLimit: { max: STRICT, groupId: 'door' } };
  });
  await app.register(fastifyRateLimit, {
    global: true,
    hook: 'onRequest',
    timeWindow: MINUTE_MS,
    cache: 10_000,
    max: (request) => (request.signedIn === null ? PER_STRANGER : PER_SESSION),
    keyGenerator: (request) =>
      request.signedIn === null || request.routeOptions.config.strict === true
        ? `address ${request.ip}`
        : `session ${request.signedIn.session.idHash}`,
    errorResponseBuilder: (_request, { ttl }) => {
      telemetry.count('relight_api_limited_total');
      return new Refused('too_many_requests', { retryAfter_s: Math.ceil(ttl / 1000) });
    },
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
  });
}
