import { CommandAccepted, IdempotencyHeaders, SiteParams } from '../../contracts/http/common.ts';
import { PlannedBody, PlannedParams, SwitchBody } from '../../contracts/http/incidents.ts';
import type { Site } from '../../core/topology/site.ts';
import { type Context, instantOf, type Server, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { sendCommand } from './commands.ts';

/** What people plan and what they switch by hand, told to the engine. */
export function switchingRoutes(app: Server, context: Context): void {
  app.post(
    '/sites/:site/planned',
    {
      config: { errors: ['unknown_node', 'invalid_range'] },
      schema: {
        tags: ['planned'],
        summary: 'Announce a planned outage; the same id again replaces it',
        params: SiteParams,
        headers: IdempotencyHeaders,
        body: PlannedBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const { id, nodes } = request.body;
      const from = instantOf(request.body.from, '/body/from');
      const to = instantOf(request.body.to, '/body/to');
      if (from >= to) throw new Refused('invalid_range');
      const known = new Set(siteOf(context, site).site.nodes.map((node) => node.id));
      const unknown = nodes.flatMap((node, i) => (known.has(node) ? [] : [`/body/nodes/${i}`]));
      refuseUnknown(unknown);
      const command = { type: 'planned', id, nodes, from, to } as const;
      return reply.code(202).send(await sendCommand(context, request, site, command, id));
    },
  );

  app.delete(
    '/sites/:site/planned/:planned',
    {
      schema: {
        tags: ['planned'],
        summary: 'Cancel a planned outage',
        params: PlannedParams,
        headers: IdempotencyHeaders,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site, planned } = request.params;
      const command = { type: 'cancel_planned', id: planned } as const;
      return reply.code(202).send(await sendCommand(context, request, site, command, planned));
    },
  );

  app.post(
    '/sites/:site/switches',
    {
      config: { errors: ['unknown_node'] },
      schema: {
        tags: ['network'],
        summary: 'Tell the position of a tie, a transfer or a breaker that nothing measures',
        params: SiteParams,
        headers: IdempotencyHeaders,
        body: SwitchBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const command = request.body;
      const subject = command.type === 'breaker' ? command.node : command.id;
      if (!hasSwitch(siteOf(context, site).site, command.type, subject)) refuseUnknown(['/body']);
      return reply.code(202).send(await sendCommand(context, request, site, command, subject));
    },
  );
}

function refuseUnknown(paths: readonly string[]): void {
  if (paths.length === 0) return;
  throw new Refused('unknown_node', { errors: paths.map((path) => ({ path, code: 'unknown_node' })) });
}

function hasSwitch(site: Site, type: 'tie' | 'transfer' | 'breaker', id: string): boolean {
  switch (type) {
    case 'tie':
      return site.ties.some((tie) => tie.id === id);
    case 'transfer':
      return site.transfers.some((transfer) => transfer.id === id);
    case 'breaker':
      return site.nodes.some((node) => node.id === id && (node.kind === 'breaker' || node.kind === 'ats'));
  }
}
