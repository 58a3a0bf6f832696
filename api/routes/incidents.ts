import { Type } from 'typebox';
import {
  CommandAccepted,
  IdempotencyHeaders,
  IncidentParams,
  PageQuery,
  SiteParams,
} from '../../contracts/http/common.ts';
import { DeliveryList } from '../../contracts/http/deliveries.ts';
import { EstimateList } from '../../contracts/http/estimates.ts';
import {
  ConfirmBody,
  IncidentDetail,
  IncidentList,
  IncidentQueryString,
  OpenBody,
} from '../../contracts/http/incidents.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import { type Context, instantOf, type Server, siteOf } from '../context.ts';
import { decodeCursor, encodeCursor, pageOf } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { deliveryView } from '../views/deliveries.ts';
import { dispatchView } from '../views/dispatch.ts';
import { estimateView, totalsOf } from '../views/estimates.ts';
import { incidentText, incidentView } from '../views/incident.ts';
import { sendCommand } from './commands.ts';

const PAGE = 20;
const PAGE_MAX = 100;
/** A page of incidents ends once it lists this many units: an answer stays some megabytes at most. */
const UNITS_MAX = 20_000;

export function incidentRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  async function incidentOf(params: { site: string; incident: string }): Promise<Incident> {
    const incident = await stores.incidents.get(params.site, params.incident);
    if (incident === null) throw new Refused('unknown_incident');
    return incident;
  }

  async function openIncidentOf(params: { site: string; incident: string }): Promise<Incident> {
    const incident = await incidentOf(params);
    const done = incident.closedAt !== null || incident.state === 'merged' || incident.state === 'retracted';
    if (done) throw new Refused('incident_not_open');
    return incident;
  }

  app.get(
    '/sites/:site/incidents',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['incidents'],
        summary: 'Incidents, newest first',
        params: SiteParams,
        querystring: IncidentQueryString,
        response: { 200: IncidentList },
      },
    },
    async ({ params, query }, reply) => {
      const limit = Math.min(query.limit ?? PAGE, PAGE_MAX);
      const found = await stores.incidents.list({
        sites: [params.site],
        ...(query.open === undefined ? {} : { open: query.open }),
        ...(query.kind === undefined ? {} : { kinds: [query.kind] }),
        ...(query.state === undefined ? {} : { states: [query.state] }),
        ...(query.cursor === undefined ? {} : { before: beforeOf(query.cursor) }),
        limit: limit + 1,
      });
      const page = withinWeight(found.slice(0, limit));
      const last = page.at(-1);
      const next =
        last !== undefined && page.length < found.length ? encodeCursor([last.detectedAt, last.id]) : null;
      reply.serializer(listText);
      return { items: page.map(incidentView), next };
    },
  );

  app.get(
    '/sites/:site/incidents/:incident',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['incidents'],
        summary: 'One incident with its timeline, who goes there, and the clocks',
        params: IncidentParams,
        response: { 200: IncidentDetail },
      },
    },
    async ({ params }): Promise<IncidentDetail> => {
      const incident = incidentView(await incidentOf(params));
      const stored = await stores.dispatches.ofIncident(params.site, params.incident);
      if (stored === null) return { ...incident, dispatch: null };
      const staff = await stores.staff.list(params.site);
      return { ...incident, dispatch: dispatchView(stored.dispatch, staff, clock.now()) };
    },
  );

  app.post(
    '/sites/:site/incidents',
    {
      config: { errors: ['unknown_node'] },
      schema: {
        tags: ['incidents'],
        summary: 'Open an incident by hand, such as after a phone call',
        params: SiteParams,
        headers: IdempotencyHeaders,
        body: OpenBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { node, from, reason } = request.body;
      const { site } = request.params;
      if (!siteOf(context, site).site.nodes.some(({ id }) => id === node)) {
        throw new Refused('unknown_node', { errors: [{ path: '/body/node', code: 'unknown_node' }] });
      }
      const at = instantOf(from, '/body/from');
      if (at > clock.now()) {
        throw new Refused('invalid_request', { errors: [{ path: '/body/from', code: 'in_the_future' }] });
      }
      const command = { type: 'open', node, from: at, reason, by: by(request) } as const;
      return reply.code(202).send(await sendCommand(context, request, site, command, node));
    },
  );

  app.post(
    '/sites/:site/incidents/:incident/acknowledge',
    {
      config: { errors: ['unknown_incident', 'incident_not_open'] },
      schema: {
        tags: ['incidents'],
        summary: 'Say that somebody has seen it',
        params: IncidentParams,
        headers: IdempotencyHeaders,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const incident = await openIncidentOf(request.params);
      const command = { type: 'acknowledge', node: incident.root, by: by(request) } as const;
      return reply
        .code(202)
        .send(await sendCommand(context, request, request.params.site, command, incident.id));
    },
  );

  app.post(
    '/sites/:site/incidents/:incident/confirm-restored',
    {
      config: { errors: ['unknown_incident', 'incident_not_open', 'units_still_dark'] },
      schema: {
        tags: ['incidents'],
        summary: 'Say that supply is back where nothing can measure it',
        params: IncidentParams,
        headers: IdempotencyHeaders,
        body: ConfirmBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const { reason } = request.body;
      const incident = await openIncidentOf(request.params);
      if (reason === undefined) refuseDark(incident, site);
      const command = {
        type: 'confirm_restored',
        node: incident.root,
        by: by(request),
        ...(reason === undefined ? {} : { reason }),
      } as const;
      return reply.code(202).send(await sendCommand(context, request, site, command, incident.id));
    },
  );

  function refuseDark(incident: Incident, site: string): void {
    const states = new Map(context.ingest?.nodeStates(site).map(({ node, state }) => [node, state]));
    const dark = incident.affected.filter((unit) => unit.to === null && states.get(unit.node) === 'dark');
    if (dark.length === 0) return;
    throw new Refused('units_still_dark', {
      errors: dark.map(({ node }) => ({ path: `/affected/${node}`, code: 'dark' })),
    });
  }

  app.get(
    '/sites/:site/incidents/:incident/deliveries',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['notices'],
        summary: 'Who was told what and how far it got; recipients masked',
        params: IncidentParams,
        querystring: Type.Object(PageQuery),
        response: { 200: DeliveryList },
      },
    },
    async ({ params, query }) => {
      const incident = await incidentOf(params);
      const limit = query.limit ?? 100;
      const found = await stores.outbox.list({
        site: params.site,
        subject: incident.id,
        limit: limit + 1,
        ...(query.cursor === undefined ? {} : { before: query.cursor }),
      });
      const page = found.slice(0, limit);
      const ids = [...new Set(page.map(({ recipient }) => recipient))];
      const people = await stores.outbox.recipients(params.site, ids);
      const byId = new Map(people.map((person) => [person.id, person]));
      const last = page.at(-1);
      return {
        items: page.map((delivery) => deliveryView(delivery, byId.get(delivery.recipient))),
        next: last !== undefined && found.length > limit ? last.id : null,
        progress: { ...(await stores.outbox.progress(params.site, incident.id, clock.now())) },
        owners: { ...(await stores.outbox.progress(params.site, incident.id, clock.now(), 'owner')) },
      };
    },
  );

  app.get(
    '/sites/:site/incidents/:incident/estimates',
    {
      config: { errors: ['unknown_incident', 'invalid_cursor'] },
      schema: {
        tags: ['compensation'],
        summary: 'What each premises is owed so far or in the end, with every step',
        params: IncidentParams,
        querystring: Type.Object(PageQuery),
        response: { 200: EstimateList },
      },
    },
    async ({ params, query }) => {
      const incident = await incidentOf(params);
      const all = await stores.estimates.ofIncident(params.site, incident.id);
      const page = pageOf(all, query, 100);
      return { items: page.items.map(estimateView), next: page.next, totals: totalsOf(all) };
    },
  );
}

/** In place of the serializer of the schema: what an incident says is written once, not once an asker. */
function listText({ items, next }: IncidentList): string {
  return `{"items":[${items.map(incidentText).join(',')}],"next":${JSON.stringify(next)}}`;
}

function by(request: { readonly signedIn: { readonly user: { readonly id: string } } | null }): string {
  return request.signedIn?.user.id ?? '';
}

function beforeOf(cursor: string): { at: number; id: string } {
  const [at, id] = decodeCursor(cursor, ['number', 'string']);
  return { at, id };
}

/** At least one, and then as many as stay below {@link UNITS_MAX} units. */
function withinWeight(incidents: readonly Incident[]): readonly Incident[] {
  let units = 0;
  const end = incidents.findIndex((incident, i) => {
    units += incident.affected.length;
    return i > 0 && units > UNITS_MAX;
  });
  return end === -1 ? incidents : incidents.slice(0, end);
}
