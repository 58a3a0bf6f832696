import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { Problem } from '../../contracts/http/problem.ts';
import type { Right } from '../access/rights.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Codes this route answers with beyond those every route may. */
    errors?: readonly ErrorCode[];
  }
}

export async function registerOpenApi(
  app: FastifyInstance,
  options: { readonly version: string; readonly cookieName: string },
): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Relight',
        version: options.version,
        description: 'Outages, the people they concern and the compensation they owe.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: options.cookieName },
          csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
        },
      },
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { url: '/api/v1/openapi.json', docExpansion: 'list', supportedSubmitMethods: ['get'] },
    logo: { type: 'image/svg+xml', content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
    theme: { title: 'Relight API' },
  });
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(app.swagger()),
  );
}

/** Adds to a route's schema what the table of rights and the catalogue already say: security and every problem it answers. */
export function documentRoute(route: RouteOptions, right: Right): void {
  const writes = route.method !== 'GET' && route.method !== 'HEAD';
  const known = route.schema?.response;
  route.schema = {
    ...route.schema,
    security: right === 'open' ? [] : [writes ? { session: [], csrf: [] } : { session: [] }],
    ...(right === 'open' ? {} : { description: `Roles: ${right.join(', ')}.` }),
    response: {
      ...(typeof known === 'object' && known !== null ? known : {}),
      ...problemResponses(errorsOf(route, right)),
    },
  };
}

/** Every code a route may answer with. */
export function errorsOf(
  route: Pick<RouteOptions, 'method' | 'url' | 'config' | 'schema'>,
  right: Right,
): ErrorCode[] {
  const writes = route.method !== 'GET' && route.method !== 'HEAD';
  const codes: ErrorCode[] = [
    'invalid_request',
    'too_many_requests',
    'request_headers_too_large',
    'internal',
    'store_unavailable',
    'overloaded',
    ...(writes
      ? (['bad_origin', 'malformed_body', 'body_too_large', 'unsupported_media_type'] as const)
      : []),
    ...(right === 'open' ? [] : (['not_signed_in', 'forbidden'] as const)),
    ...(right !== 'open' && writes ? (['bad_csrf'] as const) : []),
    ...(route.url.includes('/:site') ? (['unknown_site'] as const) : []),
    ...(route.config?.errors ?? []),
  ];
  return [...new Set(codes)];
}

function problemResponses(codes: readonly ErrorCode[]): Record<number, unknown> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      { description: some.join(', '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}
