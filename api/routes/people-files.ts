import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { SiteParams } from '../../contracts/http/common.ts';
import { premisesTemplate, writePremises } from '../../contracts/premises-import/write.ts';
import { staffTemplate } from '../../contracts/staff-import/plan.ts';
import { type Context, record, type Server, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { profilesOf } from '../profiles-of.ts';

/** Lists as files: templates to fill in, and everybody of a site as an import would take them back. */
export function peopleFileRoutes(app: Server, context: Context): void {
  const { stores } = context;
  const response = { 200: Type.String() };

  app.get(
    '/sites/:site/import/template',
    {
      schema: {
        tags: ['people'],
        summary: 'A CSV list to fill in: headings in both languages, two rows of examples',
        params: SiteParams,
        response,
      },
    },
    async ({ params }, reply) => {
      siteOf(context, params.site);
      return csv(reply, 'premises-template.csv', premisesTemplate());
    },
  );

  app.get(
    '/sites/:site/staff/import/template',
    {
      schema: {
        tags: ['staff'],
        summary: 'A CSV list of staff to fill in',
        params: SiteParams,
        response,
      },
    },
    async ({ params }, reply) => {
      siteOf(context, params.site);
      return csv(reply, 'staff-template.csv', staffTemplate());
    },
  );

  app.get(
    '/sites/:site/people/export',
    {
      schema: {
        tags: ['people'],
        summary: 'Premises and people in CSV, unmasked; on the record',
        params: SiteParams,
        response,
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const stored = await stores.sites.get(site);
      if (stored === null) throw new Refused('unknown_site');
      const text = writePremises(stored.site, await profilesOf(stores.people, site));
      const detail = { premises: stored.site.premises.length };
      await record(context, request, { site, action: 'person.export', subject: site, detail });
      return csv(reply, `${site}-people.csv`, text);
    },
  );
}

function csv(reply: FastifyReply, name: string, text: string) {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .send(text);
}
