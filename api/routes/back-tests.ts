import { Type } from 'typebox';
import { PageQuery, SiteParams } from '../../contracts/http/common.ts';
import {
  BackTestAccepted,
  BackTestBody,
  BackTestParams,
  BackTestView,
  DifferenceList,
} from '../../contracts/http/schemes.ts';
import { readScheme } from '../../contracts/scheme.ts';
import { parameterFaults } from '../../core/compensation/check-parameters.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import { dayOfDate } from '../../core/units/civil.ts';
import { type Context, record, type Server } from '../context.ts';
import { pageOf } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { amountText, backTestView } from '../views/schemes.ts';

const PAGE = 100;

/** What a scheme would have cost, beside the one in force. */
export function backTestRoutes(app: Server, context: Context): void {
  const { backTests, schemes } = context;

  app.post(
    '/sites/:site/back-tests',
    {
      config: {
        errors: ['unknown_scheme', 'scheme_invalid', 'choice_invalid', 'invalid_range', 'back_test_running'],
      },
      schema: {
        tags: ['compensation'],
        summary: 'Run a scheme over the ledger of a period',
        params: SiteParams,
        body: BackTestBody,
        response: { 202: BackTestAccepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params;
      const { from, to, parameters = {} } = request.body;
      if (dayOfDate(from) === null || dayOfDate(to) === null || from > to) throw new Refused('invalid_range');
      await context.refreshSchemes();
      const { name, scheme } = triedIn(request.body);
      const faults = parameterFaults(scheme.file, parameters);
      if (faults.length > 0)
        throw new Refused('choice_invalid', {
          errors: faults.map((fault) => ({ ...fault, path: `/body${fault.path}` })),
        });
      const begun = backTests.begin({ site, name, scheme, parameters, from, to });
      if (begun.outcome !== 'begun')
        throw new Refused(begun.outcome === 'busy' ? 'back_test_running' : 'unknown_site');
      await record(context, request, {
        site,
        action: 'back_test.begin',
        subject: begun.id,
        detail: { name, from, to },
      });
      return reply.code(202).send({ backTest: begun.id });
    },
  );

  app.get(
    '/sites/:site/back-tests/:backTest',
    {
      config: { errors: ['unknown_back_test'] },
      schema: {
        tags: ['compensation'],
        summary: 'How far it is, and what it comes to by rule, building and month',
        params: BackTestParams,
        response: { 200: BackTestView },
      },
    },
    async ({ params }) => {
      const news = backTests.news(params.site, params.backTest);
      if (news === null) throw new Refused('unknown_back_test');
      return backTestView(news);
    },
  );

  app.get(
    '/sites/:site/back-tests/:backTest/premises',
    {
      config: { errors: ['unknown_back_test', 'back_test_running', 'invalid_cursor'] },
      schema: {
        tags: ['compensation'],
        summary: 'The difference for each premises, the largest first',
        params: BackTestParams,
        querystring: Type.Object(PageQuery),
        response: { 200: DifferenceList },
      },
    },
    async ({ params, query }) => {
      const news = backTests.news(params.site, params.backTest);
      if (news === null) throw new Refused('unknown_back_test');
      const all = backTests.differences(params.site, params.backTest);
      if (all === null) throw new Refused('back_test_running');
      const { items, next } = pageOf(all, query, PAGE);
      const currency = news.tried.currency ?? news.current.currency;
      return {
        items: items.map(({ premises, tried_minor, current_minor }) => ({
          premises,
          tried: amountText(tried_minor, currency),
          current: amountText(current_minor, currency),
          difference: amountText(tried_minor - current_minor, currency),
        })),
        next,
      };
    },
  );

  app.delete(
    '/sites/:site/back-tests/:backTest',
    {
      config: { errors: ['unknown_back_test'] },
      schema: {
        tags: ['compensation'],
        summary: 'Stop it',
        params: BackTestParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { site, backTest } = request.params;
      if (backTests.news(site, backTest) === null) throw new Refused('unknown_back_test');
      backTests.cancel(site, backTest);
      await record(context, request, { site, action: 'back_test.cancel', subject: backTest });
      return reply.code(204).send(null);
    },
  );

  /** One that is kept, or a draft of which nothing is kept. */
  function triedIn({ scheme: name, file }: { scheme?: string; file?: unknown }): {
    name: string;
    scheme: Scheme;
  } {
    if (file !== undefined) {
      const read = readScheme(file);
      if (!read.ok) throw new Refused('scheme_invalid', { errors: read.faults });
      return { name: `${read.scheme.file.id} (draft)`, scheme: read.scheme };
    }
    const known = name === undefined ? undefined : schemes.get(name);
    if (name === undefined || known === undefined) throw new Refused('unknown_scheme');
    return { name, scheme: known };
  }
}
