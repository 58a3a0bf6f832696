import fastifyCompress from '@fastify/compress';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyUnderPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Refused } from '../errors.ts';
import { registerPackedAnswers } from './packed-answers.ts';

/** Beyond this the event loop is so late that every further answer makes it worse. */
const LOOP_DELAY_MAX_MS = 2_000;
const COMPRESS_FROM_BYTES = 1024;

export interface SecurityOptions {
  /** Served over https: then pages ask for https only. */
  readonly https: boolean;
  /** CSP sources (hashes) of the inline scripts of the dashboard's index page. */
  readonly inlineScripts: readonly string[];
}

export async function registerSecurity(app: FastifyInstance, options: SecurityOptions): Promise<void> {
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'", ...options.inlineScripts],
        // Components set widths and positions on elements; no style can run code here.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        ...(options.https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: options.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
  });
  registerPackedAnswers(app);
  await app.register(fastifyCompress, {
    global: true,
    threshold: COMPRESS_FROM_BYTES,
    encodings: ['gzip', 'identity'],
    inflateIfDeflated: false,
  });
  await app.register(fastifyUnderPressure, {
    maxEventLoopDelay: LOOP_DELAY_MAX_MS,
    sampleInterval: 500,
    pressureHandler: async (request, _reply, _type, value) => {
      // Infinity: no sample in the interval, as after one long step; that alone is no reason to turn people away.
      if (value === Number.POSITIVE_INFINITY) return;
      // The board's own files cost nothing, and a page that stands can say that the server is busy and ask again.
      if (!/^\/(api|hooks|readyz)\b/.test(request.url)) return;
      throw new Refused('overloaded', { retryAfter_s: 5 });
    },
  });
}
