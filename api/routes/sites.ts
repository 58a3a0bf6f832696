import { Type } from 'typebox';
import { SiteParams } from '../../contracts/http/common.ts';
import {
  PutSiteHeaders,
  PutSiteQuery,
  PutSiteReply,
  SiteFileBody,
  SiteFileQuery,
  SiteList,
  SiteView,
  StateList,
} from '../../contracts/http/sites.ts';
import { parseSite } from '../../contracts/site-file.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import { hasSite } from '../access/rights.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { siteKnown } from '../site-known.ts';
import { withKeptPeople } from '../views/kept-people.ts';
import { siteDifference } from '../views/site-difference.ts';
import { siteSummary, siteView, stateView } from '../views/sites.ts';

const SITE_FILE_BYTES = 32 * 1024 * 1024;
/** More open incidents than this at one site are shown as this many. */
const COUNT_MAX = 200;

export function siteRoutes(app: Server, context: Context): void {
  const { stores, sites, ingest, clock, bus } = context;

  app.get(
    '/sites',
    { schema: { tags: ['sites'], summary: 'The sites within your rights', response: { 200: SiteList } } },
    async (request) => {
      const user = userOf(request);
      const mine = sites.all().filter(({ site }) => hasSite(user, site.site.id));
      const items = await Promise.all(
        mine.map(async (stored) => {
          const query = { sites: [stored.site.site.id], open: true, limit: COUNT_MAX };
          return siteSummary(stored, (await stores.incidents.list(query)).length);
        }),
      );
      return { items, next: null };
    },
  );

  app.get(
    '/sites/:site',
    {
      schema: {
        tags: ['sites'],
        summary: 'The network of a site and the supply state of every node',
        params: SiteParams,
        response: { 200: SiteView },
      },
    },
    async ({ params }) => {
      const stored = siteOf(context, params.site);
      const seq = await stores.events.head(params.site);
      return siteView(stored, ingest?.nodeStates(params.site) ?? [], seq);
    },
  );

  app.get(
    '/sites/:site/states',
    {
      schema: {
        tags: ['sites'],
        summary: 'The supply state of every node',
        params: SiteParams,
        response: { 200: StateList },
      },
    },
    async ({ params }) => ({ items: (ingest?.nodeStates(params.site) ?? []).map(stateView), next: null }),
  );

  app.get(
    '/sites/:site/file',
    {
      config: { errors: ['forbidden'] },
      schema: {
        tags: ['sites'],
        summary: 'The site file; without people unless asked for by a role that may',
        params: SiteParams,
        querystring: SiteFileQuery,
        response: { 200: SiteFileBody },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const people = request.query.people === true;
      if (people) {
        if (!['admin', 'manager'].includes(userOf(request).role)) throw new Refused('forbidden');
        await record(context, request, { site, action: 'site.export_people', subject: site });
      }
      const stored = await stores.sites.get(site);
      if (stored === null) throw new Refused('unknown_site');
      return reply.header('etag', `"${stored.version}"`).send(await stores.sites.file(site, { people }));
    },
  );

  app.put(
    '/sites/:site/file',
    {
      bodyLimit: SITE_FILE_BYTES,
      config: { errors: ['site_file_invalid', 'version_conflict', 'version_needed', 'body_too_large'] },
      schema: {
        tags: ['sites'],
        summary: 'Put a site file; with `dryRun` only say what it would change',
        params: SiteParams,
        querystring: PutSiteQuery,
        headers: PutSiteHeaders,
        body: Type.Unsafe<unknown>(SiteFileBody),
        response: { 200: PutSiteReply },
      },
    },
    async (request) => {
      const id = request.params.site;
      const body =
        request.query.keepPeople === true
          ? withKeptPeople(request.body, await stores.sites.file(id, { people: true }))
          : request.body;
      const { site, warnings } = parseFor(id, body);
      const before = await stores.sites.get(id);
      const difference = siteDifference(before?.site ?? null, site);
      const shown = { ...difference, warnings: warnings.slice(0, 1000).map((one) => ({ ...one })) };
      if (request.query.dryRun === true) return { applied: false, version: before?.version ?? 0, ...shown };

      const ifVersion = expectedVersion(request.headers['if-match'], before);
      const options = { by: userOf(request).id, at: clock.now(), ifVersion };
      const version = await stores.sites.put(site, body, options);
      await record(context, request, { site: id, action: 'site.put', subject: id, detail: { version } });
      bus.publish('site', { site: id });
      await siteKnown(context.sites, id, version);
      return { applied: true, version, ...shown };
    },
  );
}

function parseFor(id: string, body: unknown) {
  const parsed = parseSite(body);
  if ('faults' in parsed) throw new Refused('site_file_invalid', { errors: parsed.faults });
  if (parsed.site.site.id !== id) {
    const message = `the file is of site '${parsed.site.site.id}', the address of '${id}'`;
    throw new Refused('site_file_invalid', { errors: [{ path: '/site/id', code: 'other_site', message }] });
  }
  return parsed;
}

/** 0 for a site that must not exist yet. */
function expectedVersion(ifMatch: string | undefined, before: StoredSite | null): number {
  if (ifMatch === undefined) {
    if (before !== null) throw new Refused('version_needed');
    return 0;
  }
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (version === undefined || Number(version) !== (before?.version ?? 0))
    throw new Refused('version_conflict');
  return Number(version);
}
