import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OwnerParams, OwnerView, RatingBody, StillDarkBody } from '../../contracts/http/owner.ts';
import type { DarkReport, Rating } from '../../core/feedback/feedback.ts';
import type { MessageStage, Owed } from '../../core/notices/notice.ts';
import { newId } from '../access/tokens.ts';
import type { Context, Server } from '../context.ts';
import { Refused } from '../errors.ts';
import { createOpenLink, type Opened } from '../owner/open-link.ts';
import { createPageData } from '../owner/page-data.ts';

/** One person's own page is opened and renewed; who asks more often is a program. */
const PER_MINUTE = 60;
/** Reports that reach the desk as messages within this time; the rest wait in its list. */
const DESK_MESSAGES = 5;
const DESK_WINDOW_MS = 10 * 60_000;

/** The link in an owner's messages: what is going on, how it went, and that it is dark all the same. */
export function ownerPageRoutes(app: Server, context: Context): void {
  const { stores, clock, bus, telemetry } = context;
  const open = createOpenLink(context);
  const pageOf = createPageData(context);

  /** Per link and not per address: a whole compound may stand behind one. */
  const rateLimit = {
    max: PER_MINUTE,
    keyGenerator: (request: FastifyRequest) =>
      `owner ${new URL(request.url, 'http://x').pathname.split('/')[4] ?? ''}`,
  };

  async function audit({ site, person }: Opened, action: string, subject: string): Promise<void> {
    await stores.audit.append({
      site,
      at: clock.now(),
      by: person.id,
      action,
      subject,
      detail: { by: 'link' },
    });
  }

  function refuseOthers(reason: 'premises' | 'incident'): never {
    telemetry.count('relight_owner_links_refused_total', { reason });
    throw new Refused('not_your_premises');
  }

  app.get(
    '/o/:token',
    {
      config: { errors: ['owner_link_invalid', 'too_many_attempts'], rateLimit },
      schema: {
        tags: ['owner'],
        summary: 'Everything one owner may see of their premises at one site',
        params: OwnerParams,
        response: { 200: OwnerView },
      },
    },
    async (request, reply) => {
      const view = await pageOf(await open(request.params.token, request.ip));
      return unlessKnown(request, reply, view);
    },
  );

  app.post(
    '/o/:token/rating',
    {
      config: {
        errors: ['owner_link_invalid', 'too_many_attempts', 'not_your_premises', 'not_rateable'],
        rateLimit,
      },
      schema: {
        tags: ['owner'],
        summary: 'How an outage was handled, 1 to 5; said again it replaces what was said',
        params: OwnerParams,
        body: RatingBody,
        response: { 200: OwnerView },
      },
    },
    async (request) => {
      const opened = await open(request.params.token, request.ip);
      const { incident, comment = '' } = request.body;
      const past = (await pageOf(opened)).history.find((one) => one.incident === incident);
      if (past === undefined) return refuseOthers('incident');
      if (!past.mayRate) throw new Refused('not_rateable');
      const said = comment.trim();
      await stores.owners.rate({
        site: opened.site,
        incident,
        person: opened.person.id,
        at: clock.now(),
        // The schema lets through 1 to 5.
        rating: request.body.rating as Rating['rating'],
        comment: said === '' ? null : said,
      });
      await audit(opened, 'owner.rating', incident);
      return pageOf(opened);
    },
  );

  app.post(
    '/o/:token/still-dark',
    {
      config: {
        errors: ['owner_link_invalid', 'too_many_attempts', 'not_your_premises', 'already_known'],
        rateLimit,
      },
      schema: {
        tags: ['owner'],
        summary:
          'It is dark although nothing is known, or although supply is said to be back: work for the desk',
        params: OwnerParams,
        body: StillDarkBody,
        response: { 200: OwnerView },
      },
    },
    async (request) => {
      const opened = await open(request.params.token, request.ip);
      const { premises, note = '' } = request.body;
      if (!opened.premises.includes(premises)) return refuseOthers('premises');
      const before = await pageOf(opened);
      const now = before.premises.find((one) => one.premises === premises);
      if (now?.state === 'off') throw new Refused('already_known');
      if (now?.reported === true) return before;
      const last = before.history.find((one) => one.premises.includes(premises));
      const report: DarkReport = {
        site: opened.site,
        id: newId(),
        incident: last?.mayRate === true ? last.incident : null,
        premises,
        person: opened.person.id,
        at: clock.now(),
        note: note.trim() === '' ? null : note.trim(),
        handled: null,
      };
      await stores.owners.report(report, await oweDesk(report));
      telemetry.count('relight_owner_reports_total');
      bus.publish('notices', { site: opened.site });
      await audit(opened, 'owner.still_dark', premises);
      return pageOf(opened);
    },
  );

  /** A compound that is still dark reports hundreds of times: the first few wake the desk, all stand in its list. */
  async function oweDesk({ site, id, premises, at }: DarkReport): Promise<readonly Owed<MessageStage>[]> {
    const open = await stores.owners.reports({ site, open: true, limit: DESK_MESSAGES });
    const lately = open.filter((one) => one.at > at - DESK_WINDOW_MS);
    if (lately.length >= DESK_MESSAGES) return [];
    return [
      {
        incident: id,
        stage: 'still_dark',
        revision: 1,
        audience: 'staff',
        recipient: 'staff',
        premises: [premises],
        at,
      },
    ];
  }
}

/** 304 for a phone that shows this very state already; nobody between may keep it. */
function unlessKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  view: OwnerView,
): OwnerView | FastifyReply {
  const etag = `"${createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 27)}"`;
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : view;
}
