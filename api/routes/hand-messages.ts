import { IdempotencyHeaders, SiteParams } from '../../contracts/http/common.ts';
import {
  HandMessageList,
  HandMessageSent,
  MessagePreview,
  PreviewBody,
  SendMessageBody,
} from '../../contracts/http/hand-messages.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { newMessageId, owedMessage, planMessage } from '../notices/message-plan.ts';

const SHOWN = 100;

/** What a manager writes to the people of an incident, a building or a whole site. */
export function handMessageRoutes(app: Server, context: Context): void {
  const { stores, clock, bus } = context;

  app.get(
    '/sites/:site/messages',
    {
      schema: {
        tags: ['notices'],
        summary: 'What was written by hand, and how far it got; newest first',
        params: SiteParams,
        response: { 200: HandMessageList },
      },
    },
    async ({ params: { site } }) => {
      const items = [];
      for (const { site: _, ...message } of await stores.handMessages.list(site, SHOWN)) {
        const progress = { ...(await stores.outbox.progress(site, message.id, clock.now(), 'owner')) };
        items.push({ ...message, at: toIso(message.at), progress });
      }
      return { items, next: null };
    },
  );

  app.post(
    '/sites/:site/messages/preview',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['notices'],
        summary: 'Whom a message would reach, how long it is and what it costs; sends nothing',
        params: SiteParams,
        body: PreviewBody,
        response: { 200: MessagePreview },
      },
    },
    async ({ params: { site }, body: { target, zh, en } }) =>
      (await planMessage(context, site, target, { zh, en })).preview,
  );

  app.post(
    '/sites/:site/messages',
    {
      config: { errors: ['unknown_incident', 'preview_stale', 'no_recipients'] },
      schema: {
        tags: ['notices'],
        summary: 'Send a message to as many as the preview said',
        params: SiteParams,
        headers: IdempotencyHeaders,
        body: SendMessageBody,
        response: { 202: HandMessageSent },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const { target, zh, en, recipients: expected } = request.body;
      const user = userOf(request);
      const { recipients } = await planMessage(context, site, target, { zh, en });
      if (recipients.length === 0) throw new Refused('no_recipients');
      if (recipients.length !== expected) throw new Refused('preview_stale');
      const at = clock.now();
      const id = newMessageId(at);
      const message = { id, site, at, by: user.id, zh, en, target, recipients: recipients.length };
      const request_key = `${user.id}:${request.headers['idempotency-key']}`;
      const notices = recipients.map((one) => owedMessage(id, one, at));
      const kept = await stores.handMessages.send(message, request_key, notices);
      if (kept.id === id) {
        await record(context, request, {
          site,
          action: 'message.send',
          subject: id,
          detail: { target, recipients: recipients.length },
        });
        bus.publish('notices', { site });
      }
      return reply.code(202).send({ id: kept.id, recipients: kept.recipients });
    },
  );
}
