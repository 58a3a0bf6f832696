import type {} from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import { hasSite, type Right, rightOf } from '../access/rights.ts';
import type { Sessions, SignedIn } from '../access/sessions.ts';
import { sameText } from '../access/tokens.ts';
import { Refused } from '../errors.ts';
import { documentRoute } from './openapi.ts';
import type { Origins } from './origins.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in; null on open routes without a session. */
    signedIn: SignedIn | null;
  }
  interface FastifyContextConfig {
    /** From the table of rights, put there when the route is registered. */
    right?: Right;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Session, limits, origin, CSRF token, role and site scope of every request, in that order, before its body is read. */
export function registerEntry(
  app: FastifyInstance,
  deps: {
    readonly sessions: Sessions;
    readonly origins: Origins;
    readonly sites: SiteDirectory;
    readonly cookieName: string;
  },
): void {
  app.decorateRequest('signedIn', null);

  app.addHook('onRoute', (route) => {
    const right = rightOf(String(route.method), route.url);
    if (right === undefined)
      throw new Error(`Route ${String(route.method)} ${route.url} has no entry in RIGHTS`);
    route.config = { ...route.config, right };
    documentRoute(route, right);
  });

  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.right === undefined) return;
    request.signedIn = await deps.sessions.resume(request.cookies[deps.cookieName]);
  });

  // After the limits, which count per session and count refusals too.
  app.addHook('preParsing', async (request) => {
    const right = request.routeOptions.config.right;
    if (right === undefined) return;
    const writes = !SAFE.has(request.method);
    if (writes && !deps.origins.allows(request.headers.origin, request.headers.host)) {
      throw new Refused('bad_origin');
    }
    if (right === 'open') return;
    if (request.signedIn === null) throw new Refused('not_signed_in');
    if (writes) checkCsrf(request, request.signedIn);
    checkRight(request, request.signedIn, right, deps.sites);
  });
}

function checkCsrf(request: FastifyRequest, signedIn: SignedIn): void {
  const sent = request.headers['x-csrf-token'];
  if (typeof sent !== 'string' || !sameText(sent, signedIn.session.csrf)) throw new Refused('bad_csrf');
}

function checkRight(
  request: FastifyRequest,
  { user }: SignedIn,
  right: Exclude<Right, 'open'>,
  sites: SiteDirectory,
): void {
  if (!right.includes(user.role)) throw new Refused('forbidden');
  const site = siteOf(request.params);
  if (site === null) return;
  // The one route that may name a site that does not exist yet is the one that creates it.
  const creates = request.method === 'PUT' && request.routeOptions.url?.endsWith('/:site/file') === true;
  if (!hasSite(user, site) || (!creates && sites.get(site) === undefined)) throw new Refused('unknown_site');
}

function siteOf(params: unknown): string | null {
  return typeof params === 'object' && params !== null && 'site' in params ? String(params.site) : null;
}
