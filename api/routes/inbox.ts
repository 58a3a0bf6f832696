import { Type } from 'typebox';
import { SiteParams } from '../../contracts/http/common.ts';
import {
  AnswerBody,
  AnswerQuery,
  AnswerReply,
  InboundDetail,
  InboundList,
  InboxParams,
  InboxQuery,
  OpenInboxParams,
} from '../../contracts/http/inbox.ts';
import { costOf } from '../../core/notices/cost.ts';
import { handText } from '../../core/notices/hand-text.ts';
import type { InboundMessage } from '../../core/ports/inbound-store.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { newMessageId, owedMessage } from '../notices/message-plan.ts';
import { inboundView } from '../views/inbound.ts';
import { textPreview } from '../views/text.ts';

const PAGE = 50;
/** What came from telephones that no site knows. */
const NOBODYS = '';

/** What people wrote to us and no rule answered. Lists are masked; opening one is on the record. */
export function inboxRoutes(app: Server, context: Context): void {
  const { stores, clock, bus, channels } = context;
  const { inbound } = stores;

  async function list(
    site: string,
    query: { cursor?: string; limit?: number; state?: InboundMessage['state'] },
  ) {
    const limit = query.limit ?? PAGE;
    const found = await inbound.list({
      site,
      limit: limit + 1,
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.cursor === undefined ? {} : { before: query.cursor }),
    });
    const page = found.slice(0, limit);
    return { items: page.map(inboundView), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  async function messageOf(site: string, id: string): Promise<InboundMessage> {
    const found = await inbound.get(site, id);
    if (found === null) throw new Refused('unknown_message');
    return found;
  }

  async function open(request: Parameters<typeof record>[1], site: string, id: string) {
    const message = await messageOf(site, id);
    await record(context, request, { site, action: 'inbox.open', subject: id });
    return { ...inboundView(message), body: message.body };
  }

  async function close(request: Parameters<typeof record>[1], site: string, id: string): Promise<void> {
    await messageOf(site, id);
    const done = await inbound.handle(site, id, 'closed', userOf(request).id, clock.now());
    if (!done) throw new Refused('message_handled');
    await record(context, request, { site, action: 'inbox.close', subject: id });
  }

  /** Nobody's messages may be about any site: who sees them all reads them. */
  function mustSeeAll(request: Parameters<typeof record>[1]): void {
    if (userOf(request).sites !== 'all') throw new Refused('beyond_your_scope');
  }

  app.get(
    '/sites/:site/inbox',
    {
      schema: {
        tags: ['inbox'],
        summary: 'What people wrote, newest first; masked',
        params: SiteParams,
        querystring: InboxQuery,
        response: { 200: InboundList },
      },
    },
    ({ params, query }) => list(params.site, query),
  );

  app.get(
    '/sites/:site/inbox/:message',
    {
      config: { errors: ['unknown_message'] },
      schema: {
        tags: ['inbox'],
        summary: 'One message with what was written; on the record',
        params: InboxParams,
        response: { 200: InboundDetail },
      },
    },
    (request) => open(request, request.params.site, request.params.message),
  );

  app.post(
    '/sites/:site/inbox/:message/close',
    {
      config: { errors: ['unknown_message', 'message_handled'] },
      schema: {
        tags: ['inbox'],
        summary: 'It needs no answer, or had one by telephone',
        params: InboxParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await close(request, request.params.site, request.params.message);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/sites/:site/inbox/:message/answer',
    {
      config: { errors: ['unknown_message', 'message_handled', 'no_recipients'] },
      schema: {
        tags: ['inbox'],
        summary: 'Answer with a message; `dryRun` shows its length and cost before',
        params: InboxParams,
        querystring: AnswerQuery,
        body: AnswerBody,
        response: { 200: AnswerReply },
      },
    },
    async (request) => {
      const { site, message: id } = request.params;
      const { text } = request.body;
      const message = await messageOf(site, id);
      const [person] = message.person === null ? [] : await stores.outbox.recipients(site, [message.person]);
      if (person === undefined || person.phone === null || person.optedOut)
        throw new Refused('no_recipients');
      const at = clock.now();
      const user = userOf(request).id;
      const written = { id: newMessageId(at), zh: text, en: text };
      const shown = textPreview(handText(person.language, siteOf(context, site).site.site, written));
      const cost = costOf(channels.priceOf('sms'), shown.segments);
      if (request.query.dryRun === true) return { sent: false, text: shown, cost };
      if (message.state === 'closed') throw new Refused('message_handled');
      const to = { phone: person.phone, language: person.language, premises: [] };
      const whole = { ...written, site, at, by: user, target: { inbox: id }, recipients: 1 };
      // One answer a message, whoever gives it how often.
      const kept = await stores.handMessages.send(whole, `inbox:${id}`, [owedMessage(written.id, to, at)]);
      if (kept.zh !== text) throw new Refused('message_handled');
      if (kept.id === written.id) {
        await inbound.handle(site, id, 'answered', user, at);
        await record(context, request, { site, action: 'inbox.answer', subject: id });
        bus.publish('notices', { site });
      }
      return { sent: true, text: shown, cost };
    },
  );

  app.get(
    '/inbox',
    {
      config: { errors: ['beyond_your_scope'] },
      schema: {
        tags: ['inbox'],
        summary: 'What came from telephones that no site knows; for those who see all sites',
        querystring: InboxQuery,
        response: { 200: InboundList },
      },
    },
    async (request) => {
      mustSeeAll(request);
      return await list(NOBODYS, request.query);
    },
  );

  app.get(
    '/inbox/:message',
    {
      config: { errors: ['unknown_message', 'beyond_your_scope'] },
      schema: {
        tags: ['inbox'],
        summary: 'One of them with what was written; on the record',
        params: OpenInboxParams,
        response: { 200: InboundDetail },
      },
    },
    async (request) => {
      mustSeeAll(request);
      return await open(request, NOBODYS, request.params.message);
    },
  );

  app.post(
    '/inbox/:message/close',
    {
      config: { errors: ['unknown_message', 'message_handled', 'beyond_your_scope'] },
      schema: {
        tags: ['inbox'],
        summary: 'It needs no more attention',
        params: OpenInboxParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      mustSeeAll(request);
      await close(request, NOBODYS, request.params.message);
      return reply.code(204).send(null);
    },
  );
}
