import type { Clock } from '../../core/ports/clock.ts';
import type { UserStore } from '../../core/ports/people.ts';
import type { Instant } from '../../core/units/time.ts';
import { hashToken, newToken } from './tokens.ts';

const VALID_MS = 24 * 3_600_000;

export interface OneTimeLink {
  readonly url: string;
  readonly expiresAt: Instant;
}

interface LinkDeps {
  readonly users: UserStore;
  readonly clock: Clock;
  readonly publicUrl: string;
}

export const ADMIN_PURPOSE = 'first-admin';

export function invitationPurpose(user: string): string {
  return `invitation:${user}`;
}

/** A link that creates one administrator of all sites: 24 h, consumed once, stored as a hash only. */
export async function createAdminLink(deps: LinkDeps): Promise<OneTimeLink> {
  const { token, expiresAt } = await addLink(deps, ADMIN_PURPOSE);
  const url = new URL('/setup', deps.publicUrl);
  url.searchParams.set('token', token);
  return { url: url.href, expiresAt };
}

/** A link with which an invited person, or one who forgot, sets their password. */
export async function createInvitation(deps: LinkDeps, user: string): Promise<OneTimeLink> {
  const { token, expiresAt } = await addLink(deps, invitationPurpose(user));
  const url = new URL('/invitation', deps.publicUrl);
  url.searchParams.set('user', user);
  url.searchParams.set('token', token);
  return { url: url.href, expiresAt };
}

async function addLink(deps: LinkDeps, purpose: string): Promise<{ token: string; expiresAt: Instant }> {
  const token = newToken();
  const expiresAt = deps.clock.now() + VALID_MS;
  await deps.users.addLink(hashToken(token), purpose, expiresAt);
  return { token, expiresAt };
}
