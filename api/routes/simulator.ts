import { Type } from 'typebox';
import { SiteParams } from '../../contracts/http/common.ts';
import { IngestReply } from '../../contracts/http/ingest.ts';
import { SimulatorBody, SimulatorReply } from '../../contracts/http/simulator.ts';
import type { SimulatorControl } from '../../core/ports/simulator-control.ts';
import { type Context, record, type Server, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { ingestReply } from '../views/ingest.ts';

export function simulatorRoutes(app: Server, context: Context): void {
  function controlOf(site: string): SimulatorControl {
    if (context.simulator === null || !siteOf(context, site).site.site.simulated)
      throw new Refused('no_simulator');
    return context.simulator;
  }

  app.get(
    '/sites/:site/simulator',
    {
      config: { errors: ['no_simulator'] },
      schema: {
        tags: ['simulator'],
        summary: 'Positions of the simulated switches',
        params: SiteParams,
        response: { 200: SimulatorReply },
      },
    },
    async ({ params }) => {
      const state = await controlOf(params.site).state(params.site);
      if (state === null) throw new Refused('no_simulator');
      return { switches: state.switches.map(({ node, closed }) => ({ node, closed })) };
    },
  );

  app.post(
    '/sites/:site/simulator',
    {
      config: { errors: ['no_simulator', 'unknown_node', 'simulator_away'] },
      schema: {
        tags: ['simulator'],
        summary: 'Trip or restore a simulated switch',
        params: SiteParams,
        body: SimulatorBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const outcome = await controlOf(site).act(site, request.body);
      if (outcome === 'unknown_node') {
        throw new Refused('unknown_node', { errors: [{ path: '/body/node', code: 'unknown_node' }] });
      }
      if (outcome === 'away') throw new Refused('simulator_away', { retryAfter_s: 5 });
      const { action, node } = request.body;
      await record(context, request, { site, action: `simulator.${action}`, subject: node });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/ingest',
    {
      schema: { tags: ['devices'], summary: 'How well this process listens', response: { 200: IngestReply } },
    },
    async () => ingestReply(context.ingest),
  );
}
