import { CommandAccepted, IdempotencyHeaders, IncidentParams } from '../../contracts/http/common.ts';
import { OutlookBody } from '../../contracts/http/incidents.ts';
import type { GiveOutlook } from '../../core/incidents/engine.ts';
import { type Context, instantOf, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { sendCommand } from './commands.ts';

/** Further ahead nobody can promise anything. */
const AHEAD_MS = 30 * 86_400_000;

/** Why, and until when: what people who wait are told. */
export function outlookRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  function expected(text: string): number {
    const at = instantOf(text, '/body/eta');
    const now = clock.now();
    if (at <= now || at > now + AHEAD_MS) {
      const code = at <= now ? 'in_the_past' : 'too_far_ahead';
      throw new Refused('invalid_request', { errors: [{ path: '/body/eta', code }] });
    }
    return at;
  }

  app.post(
    '/sites/:site/incidents/:incident/outlook',
    {
      config: { errors: ['unknown_incident', 'incident_over'] },
      schema: {
        tags: ['incidents'],
        summary:
          'Say the reason and when supply is expected back; people who were told of the loss are told, once a change',
        params: IncidentParams,
        headers: IdempotencyHeaders,
        body: OutlookBody,
        response: { 202: CommandAccepted },
      },
    },
    async (request, reply) => {
      const { site, incident } = request.params;
      const { cause, eta } = request.body;
      const known = await stores.incidents.get(site, incident);
      if (known === null) throw new Refused('unknown_incident');
      if (known.state !== 'open') throw new Refused('incident_over');
      const command: GiveOutlook = {
        type: 'outlook',
        incident,
        root: known.root,
        onset: known.onset,
        ...(cause === undefined ? {} : { cause }),
        ...(eta === undefined ? {} : { eta: eta === null ? null : expected(eta) }),
        by: userOf(request).id,
      };
      return reply.code(202).send(await sendCommand(context, request, site, command, incident));
    },
  );
}
