import { SiteParams } from '../../contracts/http/common.ts';
import {
  ComplianceView,
  PlanBody,
  PlanCancelBody,
  PlanList,
  PlanMoveBody,
  PlannedSettingsBody,
  PlanParams,
  PlanPreview,
  PlanPreviewBody,
  PlanQueryString,
  PlanView,
} from '../../contracts/http/planned.ts';
import { incidentNumber } from '../../core/notices/facts.ts';
import { indexSite } from '../../core/notices/facts-of.ts';
import { planAffected } from '../../core/planned/affected.ts';
import {
  announce,
  cancel,
  finish,
  isPlanRefusal,
  missedPeriods,
  move,
  type PlanRefusal,
} from '../../core/planned/change.ts';
import type { PlannedOutage } from '../../core/planned/outage.ts';
import { previewMessages, priceOf } from '../../core/planned/preview.ts';
import { type PlanTelling, tellCancel, tellMove } from '../../core/planned/tell.ts';
import type { Site } from '../../core/topology/site.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { planRefused, planWindow } from '../planned/plan-window.ts';
import { STAND_IN_LINK } from '../planned/stand-in-link.ts';
import { complianceView, planView } from '../views/plan.ts';

const PAGE = 50;
const ATTEMPTS = 10;

/** Planned outages with everybody they concern: previewed, announced in time, moved, cancelled, and proven. */
export function plannedOutageRoutes(app: Server, context: Context): void {
  const { stores, clock, bus } = context;

  async function rulesOf(site: Site): Promise<PlannedOutage['rules']> {
    const { required_h, ahead_h } = await stores.planned.settings(site.site.id);
    return { required_h, ahead_h, grace_s: site.site.detection.plannedGrace_s };
  }

  /** What `change` makes of the plan and owes for it, again if somebody else was quicker. */
  async function changed(
    site: string,
    id: string,
    change: (plan: PlannedOutage) => PlannedOutage | PlanRefusal,
    tell: (plan: PlannedOutage) => PlanTelling,
  ): Promise<PlannedOutage> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const stored = await stores.planned.get(site, id);
      if (stored === null) throw new Refused('unknown_plan');
      const outcome = change(stored.plan);
      if (isPlanRefusal(outcome)) throw planRefused(outcome);
      const { plan, notices } = tell(outcome);
      if (await stores.planned.save({ plan, notices, at: clock.now() }, stored.version)) {
        if (notices.length > 0) bus.publish('notices', { site });
        return plan;
      }
    }
    throw new Refused('version_conflict');
  }

  app.post(
    '/sites/:site/planned-outages/preview',
    {
      config: { errors: ['unknown_node', 'invalid_range'] },
      schema: {
        tags: ['planned'],
        summary:
          'Whom a planned outage would concern, what telling them takes, and which notice periods it misses',
        params: SiteParams,
        body: PlanPreviewBody,
        response: { 200: PlanPreview },
      },
    },
    async (request) => {
      const { params, body } = request;
      const { site } = siteOf(context, params.site);
      const window = planWindow(site, body);
      const rules = await rulesOf(site);
      const affected = planAffected(site, window.nodes);
      await record(context, request, { site: params.site, action: 'planned.preview', subject: params.site });
      return previewOf(site, affected, window, body.work ?? 'maintenance', rules);
    },
  );

  async function previewOf(
    site: Site,
    affected: ReturnType<typeof planAffected>,
    { from, to }: { from: number; to: number },
    work: PlannedOutage['work'],
    rules: PlannedOutage['rules'],
  ): Promise<PlanPreview> {
    const now = clock.now();
    const { segmentPrice } = await stores.planned.settings(site.site.id);
    const index = indexSite(site);
    const link = context.publicUrl === null ? null : new URL(STAND_IN_LINK, context.publicUrl).href;
    const messages = previewMessages(
      affected,
      index,
      { from, to, work, number: incidentNumber('00000000') },
      link,
    );
    const ahead = rules.ahead_h.filter((hours) => from - hours * 3_600_000 >= now).length;
    // Who is told late is told once at once; the beginning and the end are told as well.
    const rounds = Math.max(1, ahead) + 2;
    const people = new Map<string, number>();
    for (const own of affected.people.values())
      for (const id of own) people.set(id, (people.get(id) ?? 0) + 1);
    return {
      premises: affected.premises.map((id) => ({
        premises: id,
        building: index.premises.get(id)?.building ?? null,
        people: people.get(id) ?? 0,
      })),
      unreachable: affected.premises.filter((id) => !people.has(id)).length,
      people: affected.people.size,
      rounds,
      segments: { perRound: messages.segments, all: messages.segments * rounds },
      cost:
        segmentPrice === null
          ? null
          : {
              perRound: priceOf(segmentPrice, messages.segments),
              all: priceOf(segmentPrice, messages.segments * rounds),
            },
      samples: messages.samples.map(({ language, text, units, segments }) => ({
        language,
        text,
        units,
        segments,
      })),
      missed_h: [...missedPeriods(rules, from, now)],
    };
  }

  app.post(
    '/sites/:site/planned-outages',
    {
      config: { errors: ['unknown_node', 'invalid_range', 'plan_refused', 'plan_exists'] },
      schema: {
        tags: ['planned'],
        summary: 'Announce a planned outage: people are told in time, and detection knows the window',
        params: SiteParams,
        body: PlanBody,
        response: { 201: PlanView },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { site } = siteOf(context, request.params.site);
      const window = planWindow(site, body);
      const given = {
        by: userOf(request).id,
        at: clock.now(),
        ...(body.exemption === undefined ? {} : { exemption: body.exemption }),
      };
      const { id, work, note = null } = body;
      const rules = await rulesOf(site);
      const plan = announce({ id, site: site.site.id, work, note, rules, ...window }, given);
      if (isPlanRefusal(plan)) throw planRefused(plan);
      if (!(await stores.planned.add({ plan, notices: [], at: given.at }))) throw new Refused('plan_exists');
      const detail = {
        nodes: plan.nodes,
        from: body.from,
        to: body.to,
        exemption: plan.exemption?.missed_h ?? [],
      };
      await record(context, request, { site: plan.site, action: 'planned.announce', subject: id, detail });
      return reply.code(201).send(planView(plan));
    },
  );

  app.get(
    '/sites/:site/planned-outages',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['planned'],
        summary: 'Planned outages, the latest beginning first',
        params: SiteParams,
        querystring: PlanQueryString,
        response: { 200: PlanList },
      },
    },
    async ({ params: { site }, query }) => {
      const limit = query.limit ?? PAGE;
      const found = await stores.planned.list({
        site,
        ...(query.active === undefined ? {} : { active: query.active }),
        ...(query.cursor === undefined ? {} : { before: beforeOf(query.cursor) }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit).map(({ plan }) => plan);
      const last = page.at(-1);
      const next = last !== undefined && found.length > limit ? encodeCursor([last.from, last.id]) : null;
      return { items: page.map(planView), next };
    },
  );

  app.get(
    '/sites/:site/planned-outages/:plan',
    {
      config: { errors: ['unknown_plan'] },
      schema: {
        tags: ['planned'],
        summary: 'One planned outage',
        params: PlanParams,
        response: { 200: PlanView },
      },
    },
    async ({ params: { site, plan } }) => {
      const found = await stores.planned.get(site, plan);
      if (found === null) throw new Refused('unknown_plan');
      return planView(found.plan);
    },
  );

  app.get(
    '/sites/:site/planned-outages/:plan/compliance',
    {
      config: { errors: ['unknown_plan'] },
      schema: {
        tags: ['planned'],
        summary: 'For each premises, when notice reached somebody there against when it was due',
        params: PlanParams,
        response: { 200: ComplianceView },
      },
    },
    async ({ params }) => {
      const { site } = siteOf(context, params.site);
      const found = await stores.planned.get(params.site, params.plan);
      if (found === null) throw new Refused('unknown_plan');
      const messages = await stores.outbox.toOwners(params.site, params.plan);
      const { premises } = planAffected(site, found.plan.nodes);
      return complianceView(found.plan, premises, messages, clock.now());
    },
  );

  app.put(
    '/sites/:site/planned-outages/:plan/window',
    {
      config: {
        errors: ['unknown_plan', 'unknown_node', 'invalid_range', 'plan_refused', 'version_conflict'],
      },
      schema: {
        tags: ['planned'],
        summary: 'Move it; those who were told are told of the change, nobody else',
        params: PlanParams,
        body: PlanMoveBody,
        response: { 200: PlanView },
      },
    },
    async (request) => {
      const { body, params } = request;
      const { site } = siteOf(context, params.site);
      const at = clock.now();
      const given = {
        by: userOf(request).id,
        at,
        ...(body.exemption === undefined ? {} : { exemption: body.exemption }),
      };
      const plan = await changed(
        params.site,
        params.plan,
        (before) =>
          move(before, planWindow(site, { ...body, nodes: body.nodes ?? [...before.nodes] }), given),
        (after) => tellMove(after, planAffected(site, after.nodes).people, at),
      );
      const detail = { nodes: plan.nodes, from: body.from, to: body.to };
      await record(context, request, { site: plan.site, action: 'planned.move', subject: plan.id, detail });
      return planView(plan);
    },
  );

  app.post(
    '/sites/:site/planned-outages/:plan/cancel',
    {
      config: { errors: ['unknown_plan', 'plan_refused', 'version_conflict'] },
      schema: {
        tags: ['planned'],
        summary: 'Cancel it; those who were told are told that it does not take place',
        params: PlanParams,
        body: PlanCancelBody,
        response: { 200: PlanView },
      },
    },
    async (request) => {
      const { site, plan: id } = request.params;
      const given = { by: userOf(request).id, at: clock.now(), note: request.body.reason };
      const plan = await changed(
        site,
        id,
        (before) => cancel(before, given),
        (after) => tellCancel(after, given.at),
      );
      await record(context, request, { site, action: 'planned.cancel', subject: id });
      return planView(plan);
    },
  );

  app.post(
    '/sites/:site/planned-outages/:plan/finish',
    {
      config: { errors: ['unknown_plan', 'plan_refused', 'version_conflict'] },
      schema: {
        tags: ['planned'],
        summary: 'The work is done before its announced end; what is still dark from now on is an outage',
        params: PlanParams,
        response: { 200: PlanView },
      },
    },
    async (request) => {
      const { site, plan: id } = request.params;
      const given = { by: userOf(request).id, at: clock.now() };
      const plan = await changed(
        site,
        id,
        (before) => finish(before, given),
        (after) => ({ plan: after, notices: [] }),
      );
      await record(context, request, { site, action: 'planned.finish', subject: id });
      return planView(plan);
    },
  );

  app.get(
    '/sites/:site/planned-settings',
    {
      schema: {
        tags: ['planned'],
        summary: 'Notice periods and reminders of the site',
        params: SiteParams,
        response: { 200: PlannedSettingsBody },
      },
    },
    async ({ params: { site } }) => settingsView(await stores.planned.settings(site)),
  );

  app.put(
    '/sites/:site/planned-settings',
    {
      schema: {
        tags: ['planned'],
        summary: 'Set notice periods and reminders; plans already announced keep theirs',
        params: SiteParams,
        body: PlannedSettingsBody,
        response: { 200: PlannedSettingsBody },
      },
    },
    async (request) => {
      const { site } = request.params;
      await stores.planned.putSettings(site, request.body, clock.now());
      await record(context, request, {
        site,
        action: 'planned.settings',
        subject: site,
        detail: request.body,
      });
      return settingsView(await stores.planned.settings(site));
    },
  );
}

function beforeOf(cursor: string): { at: number; id: string } {
  const [at, id] = decodeCursor(cursor, ['number', 'string']);
  return { at, id };
}

function settingsView({
  required_h,
  ahead_h,
  segmentPrice,
}: Awaited<ReturnType<Context['stores']['planned']['settings']>>) {
  return { required_h: [...required_h], ahead_h: [...ahead_h], segmentPrice };
}
