import { Type } from 'typebox';
import { IncidentParams, PageQuery, SiteParams } from '../../contracts/http/common.ts';
import {
  DecideBody,
  DeliveryParams,
  HeldBody,
  HeldList,
  HeldReply,
  TemplateList,
  UnreachedList,
} from '../../contracts/http/notices.ts';
import { costOf } from '../../core/notices/cost.ts';
import { premisesOfIncident } from '../../core/notices/message-people.ts';
import type { MessageStage } from '../../core/notices/notice.ts';
import { noticeSamples } from '../../core/notices/samples.ts';
import { templateParameters } from '../../core/notices/template-parameters.ts';
import { noticeBody } from '../../core/notices/templates.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, record, type Server, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { deliveryView } from '../views/deliveries.ts';
import { textPreview } from '../views/text.ts';

const PAGE = 100;
const LANGUAGES = ['zh-CN', 'en'] as const;

/** What waits for a person: who was not reached, what a limit holds back, what nobody knows the end of; and every text. */
export function noticeRoutes(app: Server, context: Context): void {
  const { stores, clock, bus, channels } = context;
  const { outbox } = stores;

  app.get(
    '/sites/:site/incidents/:incident/unreached',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['notices'],
        summary: 'Who was not reached on any channel and why, masked; and premises nobody is known for',
        params: IncidentParams,
        querystring: Type.Object(PageQuery),
        response: { 200: UnreachedList },
      },
    },
    async ({ params: { site, incident: subject }, query }) => {
      const incident = await stores.incidents.get(site, subject);
      if (incident === null) throw new Refused('unknown_incident');
      const limit = query.limit ?? PAGE;
      const before = query.cursor === undefined ? {} : { before: query.cursor };
      const found = await outbox.unreached({ site, subject, limit: limit + 1, ...before });
      const page = found.slice(0, limit);
      const people = await outbox.recipients(site, [...new Set(page.map(({ recipient }) => recipient))]);
      const byId = new Map(people.map((person) => [person.id, person]));
      const stored = siteOf(context, site);
      const hit = premisesOfIncident(stored.site, incident);
      const unowned = stored.site.premises.filter(
        ({ id, owner, occupant }) => hit.has(id) && owner === null && occupant === null,
      );
      return {
        items: page.map((delivery) => deliveryView(delivery, byId.get(delivery.recipient))),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
        unowned: unowned.map(({ id }) => id),
      };
    },
  );

  app.post(
    '/sites/:site/deliveries/:delivery/decide',
    {
      config: { errors: ['delivery_settled'] },
      schema: {
        tags: ['notices'],
        summary: 'A person’s word on a message of which nobody knows whether it was sent',
        params: DeliveryParams,
        body: DecideBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { site, delivery: subject } = request.params;
      const { decision } = request.body;
      if (!(await outbox.decideUnknown(site, subject, decision, clock.now()))) {
        throw new Refused('delivery_settled');
      }
      await record(context, request, { site, action: 'delivery.decide', subject, detail: { decision } });
      bus.publish('notices', { site });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/sites/:site/held',
    {
      schema: {
        tags: ['notices'],
        summary: 'Messages that a limit holds back, how many and what they would cost',
        params: SiteParams,
        response: { 200: HeldList },
      },
    },
    async ({ params: { site } }) => ({
      items: (await outbox.held(site)).map(({ since, ...group }) => ({
        ...group,
        since: toIso(since),
        cost: costOf(channels.priceOf(group.channel), group.segments),
      })),
      next: null,
    }),
  );

  app.post(
    '/sites/:site/held',
    {
      schema: {
        tags: ['notices'],
        summary: 'Let messages go that a limit holds back, or drop them',
        params: SiteParams,
        body: HeldBody,
        response: { 200: HeldReply },
      },
    },
    async (request) => {
      const { site } = request.params;
      const { decision, ...group } = request.body;
      // What is no stage of ours matches no delivery.
      const stage = group.stage as MessageStage;
      const count = await outbox.decideHeld(site, { ...group, stage }, decision, clock.now());
      await record(context, request, {
        site,
        action: `held.${decision}`,
        subject: group.subject,
        detail: { stage, channel: group.channel, reason: group.reason, count },
      });
      if (decision === 'release') bus.publish('notices', { site });
      return { count };
    },
  );

  app.get(
    '/sites/:site/notice-templates',
    {
      schema: {
        tags: ['notices'],
        summary:
          'Every text in both languages with its length and segments, and the variables of a carrier’s template',
        params: SiteParams,
        response: { 200: TemplateList },
      },
    },
    async ({ params }) => {
      const { site } = siteOf(context, params.site);
      const items = LANGUAGES.flatMap((language) =>
        noticeSamples(site, language, clock.now()).map(({ stage, audience, facts }) => ({
          stage,
          audience,
          language,
          text: textPreview(noticeBody(facts)),
          template: {
            name: `${stage}.${audience}.${language}`,
            parameters: { ...templateParameters(facts) },
          },
        })),
      );
      return { items, next: null };
    },
  );
}
