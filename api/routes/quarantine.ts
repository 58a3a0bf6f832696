import { Type } from 'typebox';
import { QuarantineList, QuarantineSubject } from '../../contracts/http/devices.ts';
import type { User } from '../../core/ports/people.ts';
import { toIso } from '../../core/units/time.ts';
import { hasSite } from '../access/rights.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';

/** Clients and devices that knocked and were not let in. */
export function quarantineRoutes(app: Server, context: Context): void {
  const { quarantine } = context.stores;

  app.get(
    '/quarantine',
    {
      schema: {
        tags: ['devices'],
        summary: 'Unknown clients and devices within your sites',
        response: { 200: QuarantineList },
      },
    },
    async (request) => {
      const user = userOf(request);
      const entries = await quarantine.list();
      const items = entries
        .filter(({ subject }) => mayHandle(user, subject))
        .map((entry) => ({ ...entry, firstSeen: toIso(entry.firstSeen), lastSeen: toIso(entry.lastSeen) }));
      return { items, next: null };
    },
  );

  app.delete(
    '/quarantine',
    {
      config: { errors: ['unknown_subject'] },
      schema: {
        tags: ['devices'],
        summary: 'Forget one entry',
        querystring: QuarantineSubject,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { subject } = request.query;
      const entries = await quarantine.list();
      const known = entries.some((entry) => entry.subject === subject);
      if (!known || !mayHandle(userOf(request), subject)) throw new Refused('unknown_subject');
      await quarantine.remove(subject);
      await record(context, request, { site: siteIn(subject) ?? '', action: 'quarantine.remove', subject });
      return reply.code(204).send(null);
    },
  );

  function siteIn(subject: string): string | null {
    const site = siteClaimed(subject);
    return site !== null && context.sites.get(site) !== undefined ? site : null;
  }

  /** What claims no known site concerns only those who see all sites. */
  function mayHandle(user: User, subject: string): boolean {
    const site = siteIn(subject);
    return site === null ? user.sites === 'all' : hasSite(user, site);
  }
}

/** The site in `{site}/{id}` or `relight/{site}/…`; null when it names none. */
function siteClaimed(subject: string): string | null {
  const parts = subject.split('/');
  if (parts.length < 2) return null;
  return (parts[0] === 'relight' && parts.length > 2 ? parts[1] : parts[0]) ?? null;
}
