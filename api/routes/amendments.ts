import {
  CommandAccepted,
  DeviceParams,
  IdempotencyHeaders,
  IncidentParams,
} from '../../contracts/http/common.ts';
import { ServiceBody } from '../../contracts/http/devices.ts';
import { AmendBody } from '../../contracts/http/incidents.ts';
import type { Amend } from '../../core/incidents/engine.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { type Context, instantOf, type Server, siteOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { sendCommand } from './commands.ts';

/** What people know better than the evidence, and devices that are not to be believed. */
export function amendmentRoutes(app: Server, context: Context): void {
  const { stores, clock, ingest } = context;

  function past(text: string, path: string): Instant {
    const at = instantOf(text, path);
    if (at > clock.now()) throw new Refused('invalid_request', { errors: [{ path, code: 'in_the_future' }] });
    return at;
  }

  app.post(
    '/sites/:site/incidents/:incident/amend',
    {
      config: { errors: ['unknown_incident', 'unknown_node', 'invalid_range', 'incident_settled'] },
      schema: {
        tags: ['incidents'],
        summary: 'Correct when it began and who was dark; the ledger follows with corrections',
        params: IncidentParams,
        headers: IdempotencyHeaders,
        body: AmendBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site, incident } = request.params;
      const { body } = request;
      const known = await stores.incidents.get(site, incident);
      if (known === null) throw new Refused('unknown_incident');
      if (ingest?.remembers(site, incident) === false) throw new Refused('incident_settled');
      refuseOthers(siteOf(context, site).site, body);
      const command: Amend = {
        type: 'amend',
        incident,
        root: known.root,
        onset: known.onset,
        ...(body.from === undefined ? {} : { from: past(body.from, '/body/from') }),
        ...(body.units === undefined ? {} : { units: unitsOf(body.units) }),
        ...(body.without === undefined ? {} : { without: body.without }),
        ...(body.cause === undefined ? {} : { cause: body.cause }),
        reason: body.reason,
        by: userOf(request).id,
      };
      return reply.code(202).send(await sendCommand(context, request, site, command, incident));
    },
  );

  function unitsOf(units: NonNullable<AmendBody['units']>): NonNullable<Amend['units']> {
    return units.map(({ node, from, to }, i) => {
      const began = from === undefined ? undefined : past(from, `/body/units/${i}/from`);
      const ended = to === undefined || to === null ? to : past(to, `/body/units/${i}/to`);
      if (began !== undefined && typeof ended === 'number' && ended <= began)
        throw new Refused('invalid_range', {
          errors: [{ path: `/body/units/${i}/to`, code: 'not_after_from' }],
        });
      return {
        node,
        ...(began === undefined ? {} : { from: began }),
        ...(ended === undefined ? {} : { to: ended }),
      };
    });
  }

  app.post(
    '/sites/:site/devices/:device/service',
    {
      config: { errors: ['unknown_device'] },
      schema: {
        tags: ['devices'],
        summary: 'Take a device out of service, or back: out of service it proves nothing',
        params: DeviceParams,
        headers: IdempotencyHeaders,
        body: ServiceBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site, device } = request.params;
      const { inService, reason } = request.body;
      if (!siteOf(context, site).site.devices.some(({ id }) => id === device))
        throw new Refused('unknown_device');
      const command = {
        type: 'out_of_service',
        device,
        out: !inService,
        reason,
        by: userOf(request).id,
      } as const;
      return reply.code(202).send(await sendCommand(context, request, site, command, device));
    },
  );
}

/** Only units are dark or not. */
function refuseOthers({ nodes }: Site, { units = [], without = [] }: AmendBody): void {
  const known = new Set(nodes.filter(({ kind }) => kind === 'unit').map(({ id }) => id));
  const wrong = [
    ...units.flatMap(({ node }, i) => (known.has(node) ? [] : [`/body/units/${i}/node`])),
    ...without.flatMap((node, i) => (known.has(node) ? [] : [`/body/without/${i}`])),
  ];
  if (wrong.length > 0)
    throw new Refused('unknown_node', { errors: wrong.map((path) => ({ path, code: 'unknown_unit' })) });
}
