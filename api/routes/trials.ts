import { SiteParams } from '../../contracts/http/common.ts';
import {
  TrialAccepted,
  TrialBody,
  TrialParams,
  TrialView,
  toTrialJson,
} from '../../contracts/http/trials.ts';
import { type ParsedSite, parseSite } from '../../contracts/site-file.ts';
import { type Context, instantOf, record, type Server, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';

const SITE_FILE_BYTES = 32 * 1024 * 1024;

const REFUSALS = { busy: 'trial_running', unknown_site: 'unknown_site', no_evidence: 'no_evidence' } as const;

export function trialRoutes(app: Server, context: Context): void {
  const { trials } = context;

  app.post(
    '/sites/:site/trials',
    {
      bodyLimit: SITE_FILE_BYTES,
      config: {
        errors: ['site_file_invalid', 'trial_running', 'no_evidence', 'invalid_range', 'body_too_large'],
      },
      schema: {
        tags: ['evidence'],
        summary: 'Try a change of topology or detection on the evidence of the last 30 days',
        params: SiteParams,
        body: TrialBody,
        response: { 202: TrialAccepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const from = request.body.from === undefined ? null : instantOf(request.body.from, '/body/from');
      const to = request.body.to === undefined ? null : instantOf(request.body.to, '/body/to');
      if (from !== null && to !== null && from >= to) throw new Refused('invalid_range');
      const { site: changed, warnings } = await changedSite(site, request.body);
      const begun = await trials.begin({ changed, from, to });
      if (begun.outcome !== 'begun') throw new Refused(REFUSALS[begun.outcome]);
      await record(context, request, { site, action: 'trial.begin', subject: begun.id });
      return reply
        .code(202)
        .send({ trial: begun.id, warnings: warnings.slice(0, 100).map((one) => ({ ...one })) });
    },
  );

  app.get(
    '/sites/:site/trials/:trial',
    {
      config: { errors: ['unknown_trial'] },
      schema: {
        tags: ['evidence'],
        summary: 'How far a trial is, and what it came to',
        params: TrialParams,
        response: { 200: TrialView },
      },
    },
    async ({ params }) => {
      const news = trials.news(params.site, params.trial);
      if (news === null) throw new Refused('unknown_trial');
      return toTrialJson(news);
    },
  );

  /** As it is stored, with the change; the trial itself knows the people. */
  async function changedSite(
    id: string,
    { site: changed, detection }: TrialBody,
  ): Promise<Extract<ParsedSite, { site: unknown }>> {
    siteOf(context, id);
    const file = changed ?? (await context.stores.sites.file(id, { people: false }));
    const parsed = parseSite(withDetection(file, detection));
    if ('faults' in parsed) throw new Refused('site_file_invalid', { errors: parsed.faults });
    if (parsed.site.site.id === id) return parsed;
    const message = `the file is of site '${parsed.site.site.id}', the address of '${id}'`;
    throw new Refused('site_file_invalid', { errors: [{ path: '/site/id', code: 'other_site', message }] });
  }
}

function withDetection(file: unknown, detection: Readonly<Record<string, unknown>> | undefined): unknown {
  if (detection === undefined || !isRecord(file) || !isRecord(file.site)) return file;
  const known = isRecord(file.site.detection) ? file.site.detection : {};
  return { ...file, site: { ...file.site, detection: { ...known, ...detection } } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
