import { createHash } from 'node:crypto';
import { IncidentParams } from '../../contracts/http/common.ts';
import { AttributionBody, AttributionList, AttributionView } from '../../contracts/http/facts.ts';
import { presumedAttribution } from '../../core/compensation/case-of.ts';
import type { AttributionLine } from '../../core/interruptions/attribution.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';

/** Who answers for an incident. Money rests on it, so that each word has a reason, evidence and a place in the ledger. */
export function attributionRoutes(app: Server, context: Context): void {
  const { stores, clock, bus } = context;

  app.get(
    '/sites/:site/incidents/:incident/attributions',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['compensation'],
        summary: 'Who answers for it: presumed, and what people said, oldest first',
        params: IncidentParams,
        response: { 200: AttributionList },
      },
    },
    async ({ params }) => {
      const incident = await stores.incidents.get(params.site, params.incident);
      if (incident === null) throw new Refused('unknown_incident');
      const root = siteOf(context, params.site).site.nodes.find(({ id }) => id === incident.root);
      const lines = await stores.attributions.ofIncidents(params.site, [incident.id]);
      return { items: lines.map(viewOf), next: null, presumed: presumedAttribution(incident, root) };
    },
  );

  app.post(
    '/sites/:site/incidents/:incident/attributions',
    {
      config: { errors: ['unknown_incident', 'unknown_interruption'] },
      schema: {
        tags: ['compensation'],
        summary: 'Say who answers for it; the ledger gets a correction, the estimates follow',
        params: IncidentParams,
        body: AttributionBody,
        response: { 200: AttributionView },
      },
    },
    async (request) => {
      const { site, incident } = request.params;
      const { interruption = null, attribution, cause = null, reason } = request.body;
      if ((await stores.incidents.get(site, incident)) === null) throw new Refused('unknown_incident');
      if (interruption !== null) await refuseOther(site, incident, interruption);
      const evidence = request.body.evidence.map(({ title, sha256 = null }) => ({ title, sha256 }));
      const said = { incident, interruption, attribution, cause, reason, evidence };
      const evidenceHash = createHash('sha256').update(JSON.stringify(said)).digest('hex');
      const { id: by } = userOf(request);
      const line = await stores.attributions.add(site, { ...said, evidenceHash, by, at: clock.now() });
      const detail = { attribution, interruption, evidenceHash };
      await record(context, request, { site, action: 'incident.attribute', subject: incident, detail });
      bus.publish('events', { site, seq: 0 });
      return viewOf(line);
    },
  );

  async function refuseOther(site: string, incident: string, interruption: string): Promise<void> {
    const last = (await stores.incidents.ledger(site, interruption)).at(-1);
    if (last?.body.causes.some((cause) => cause.incident === incident) !== true)
      throw new Refused('unknown_interruption');
  }
}

function viewOf(line: AttributionLine): AttributionView {
  return { ...line, evidence: [...line.evidence], at: toIso(line.at) };
}
