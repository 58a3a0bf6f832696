import { createHash } from 'node:crypto';
import { readCase } from '../../contracts/assess-case.ts';
import { SiteParams } from '../../contracts/http/common.ts';
import {
  ChoiceList,
  ChooseBody,
  ChooseReply,
  DryRunQuery,
  SchemeBody,
  SchemeDetail,
  SchemeList,
  SchemeParams,
  SchemeReply,
  type SchemeView,
} from '../../contracts/http/schemes.ts';
import { readScheme } from '../../contracts/scheme.ts';
import { assess } from '../../core/compensation/assess.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import { revisionOf, schemeName } from '../../core/compensation/scheme-name.ts';
import { doubtsOf } from '../../core/compensation/unverified.ts';
import type { User } from '../../core/ports/people.ts';
import { hasSite } from '../access/rights.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { chooseScheme } from '../schemes/choose.ts';
import { schemeView } from '../views/schemes.ts';

/** Compensation schemes: those that come with the program, and revisions that were uploaded. None is ever edited. */
export function schemeRoutes(app: Server, context: Context): void {
  const { stores, schemes, sites, clock } = context;

  function usedBy(name: string, user: User): SchemeView['usedBy'] {
    return sites
      .all()
      .filter(({ site }) => hasSite(user, site.site.id))
      .flatMap(({ site }) =>
        site.site.schemes.filter(({ id }) => id === name).map(({ from }) => ({ site: site.site.id, from })),
      );
  }

  async function uploaded() {
    const listed = await stores.schemes.list();
    return new Map(listed.map((one) => [schemeName(one.id, one.revision), one]));
  }

  app.get(
    '/schemes',
    {
      schema: {
        tags: ['compensation'],
        summary:
          'Every scheme with its versions, legal source, unverified figures and the form of its parameters',
        response: { 200: SchemeList },
      },
    },
    async (request) => {
      await context.refreshSchemes();
      const stored = await uploaded();
      const user = userOf(request);
      const items = [...schemes].map(([name, scheme]) =>
        schemeView(name, scheme, stored.get(name), usedBy(name, user)),
      );
      return { items, next: null };
    },
  );

  app.get(
    '/schemes/:scheme',
    {
      config: { errors: ['unknown_scheme'] },
      schema: {
        tags: ['compensation'],
        summary: 'One scheme with its file',
        params: SchemeParams,
        response: { 200: SchemeDetail },
      },
    },
    async (request) => {
      await context.refreshSchemes();
      const name = request.params.scheme;
      const scheme = schemes.get(name);
      if (scheme === undefined) throw new Refused('unknown_scheme');
      const view = schemeView(name, scheme, (await uploaded()).get(name), usedBy(name, userOf(request)));
      return { ...view, file: scheme.file };
    },
  );

  app.post(
    '/schemes',
    {
      config: { errors: ['scheme_invalid', 'case_invalid', 'version_conflict'] },
      schema: {
        tags: ['compensation'],
        summary: 'Upload a scheme file as a new revision; with `dryRun` only check it and try it on cases',
        querystring: DryRunQuery,
        body: SchemeBody,
        response: { 200: SchemeReply },
      },
    },
    async (request) => {
      const { file, reason, cases = [] } = request.body;
      const read = readScheme(file);
      if (!read.ok) throw new Refused('scheme_invalid', { errors: read.faults });
      const { scheme } = read;
      const { id } = scheme.file;
      if (revisionOf(id).id !== id) {
        const message = 'must not end in a point and a number: that is how revisions are called';
        throw new Refused('scheme_invalid', { errors: [{ path: '/id', code: 'not_allowed', message }] });
      }
      const previews = previewsOf(scheme, cases);
      await context.refreshSchemes();
      const newest = newestOf(id);
      const revision = newest + 1;
      const name = schemeName(id, revision);
      const reply = {
        name,
        revision,
        supersedes: newest === 0 ? null : schemeName(id, newest),
        unverified: doubtsOf(scheme.file).map((one) => ({ ...one })),
        previews,
      };
      if (request.query.dryRun === true) return { applied: false, ...reply };
      const hash = createHash('sha256').update(JSON.stringify(file)).digest('hex');
      const by = userOf(request).id;
      await stores.schemes.add({ id, revision, file, hash, reason, by, at: clock.now() }).catch(asConflict);
      await record(context, request, { action: 'scheme.upload', subject: name, detail: { hash, reason } });
      await context.refreshSchemes();
      return { applied: true, ...reply };
    },
  );

  function newestOf(id: string): number {
    const own = [...schemes.keys()].map(revisionOf).filter((one) => one.id === id);
    return Math.max(0, ...own.map(({ revision }) => revision));
  }

  app.get(
    '/sites/:site/schemes',
    {
      schema: {
        tags: ['compensation'],
        summary: 'Which schemes a site has chosen, from which dates',
        params: SiteParams,
        response: { 200: ChoiceList },
      },
    },
    async ({ params }) => choicesOf(params.site),
  );

  app.post(
    '/sites/:site/schemes',
    {
      config: { errors: ['unknown_scheme', 'choice_invalid', 'back_test_needed', 'version_conflict'] },
      schema: {
        tags: ['compensation'],
        summary: 'Choose a scheme from a date on; for days gone by only after a back-test',
        params: SiteParams,
        querystring: DryRunQuery,
        body: ChooseBody,
        response: { 200: ChooseReply },
      },
    },
    async (request) => {
      const { site } = request.params;
      await context.refreshSchemes();
      const applied = await chooseScheme(context, request, site, request.body, request.query.dryRun === true);
      return { applied: request.query.dryRun !== true, ...applied };
    },
  );

  async function choicesOf(site: string) {
    const stored = await stores.sites.get(site);
    if (stored === null) throw new Refused('unknown_site');
    const { version } = stored;
    const items = stored.site.site.schemes.map(({ id, from, parameters }) => ({
      scheme: id,
      from,
      parameters: { ...parameters },
    }));
    return { version, items };
  }
}

/** Somebody else was quicker with this revision. */
function asConflict(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'already_exists')
    throw new Refused('version_conflict');
  throw error;
}

function previewsOf(scheme: Scheme, cases: readonly unknown[]): unknown[] {
  return cases.map((json, i) => {
    const read = readCase(json);
    if (read.ok) return assess(scheme, read.case);
    const errors = read.faults.map((fault) => ({ ...fault, path: `/cases/${i}${fault.path}` }));
    throw new Refused('case_invalid', { errors });
  });
}
