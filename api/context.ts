import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { parseInstant } from '../contracts/instant.ts';
import type { User } from '../core/ports/people.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import type { Instant } from '../core/units/time.ts';
import type { LoginThrottle } from './access/login-throttle.ts';
import type { Passwords } from './access/passwords.ts';
import type { Sessions, SignedIn } from './access/sessions.ts';
import type { ApiDeps } from './deps.ts';
import { Refused } from './errors.ts';

/** The server with request and answer types taken from its schemas. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What every route has at hand. */
export interface Context extends ApiDeps {
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly cookieName: string;
  /** Where people open Relight, for links. */
  readonly publicBase: () => string;
}

/** The schemas let through what looks like an instant; February 30 ends here. */
export function instantOf(text: string, path: string): Instant {
  const at = parseInstant(text);
  if (at === null) throw new Refused('invalid_request', { errors: [{ path, code: 'format' }] });
  return at;
}

type AnyRequest = Pick<FastifyRequest, 'signedIn'>;

export function signedInOf(request: AnyRequest): SignedIn {
  if (request.signedIn === null) throw new Refused('not_signed_in');
  return request.signedIn;
}

export function userOf(request: AnyRequest): User {
  return signedInOf(request).user;
}

export function siteOf(context: Context, id: string): StoredSite {
  const stored = context.sites.get(id);
  if (stored === undefined) throw new Refused('unknown_site');
  return stored;
}

/** One line in the audit log of the site ('' for what belongs to none). `detail` holds no personal data. */
export async function record(
  context: Context,
  request: AnyRequest,
  entry: {
    readonly site?: string;
    readonly action: string;
    readonly subject: string;
    readonly detail?: unknown;
  },
): Promise<void> {
  await context.stores.audit.append({
    site: entry.site ?? '',
    at: context.clock.now(),
    by: userOf(request).id,
    action: entry.action,
    subject: entry.subject,
    detail: entry.detail ?? {},
  });
}
