import { Type } from 'typebox';
import { readFactRows } from '../../contracts/facts-import.ts';
import { PageQuery, SiteParams } from '../../contracts/http/common.ts';
import {
  FactLines,
  FactLinesQuery,
  FactsBody,
  FactsImportBody,
  FactsQuery,
  FactsReply,
  MissingList,
} from '../../contracts/http/facts.ts';
import { readCsv } from '../../contracts/premises-import/csv.ts';
import { type FactLine, standingFacts } from '../../core/compensation/case-facts.ts';
import { factFault, knownInputs } from '../../core/compensation/fact-value.ts';
import type { NewFact } from '../../core/ports/fact-store.ts';
import { localDate } from '../../core/units/calendar.ts';
import { dayOfDate } from '../../core/units/civil.ts';
import { toIso } from '../../core/units/time.ts';
import { namesOf } from '../claims/names.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { type FieldError, Refused } from '../errors.ts';
import { missingOf } from '../views/missing.ts';

const PAGE = 100;
const SHOWN = 200;
const FAULTS = 200;
const IMPORT_BYTES = 32 * 1024 * 1024;
/** Lines of an import; a compound of 10,000 premises with a few inputs each is below. */
const FACTS_MOST = 100_000;

/** What schemes must be told beside the ledger: bills, meter readings, declared weather. Lines are added, never changed. */
export function factRoutes(app: Server, context: Context): void {
  const { stores, clock, schemes, bus } = context;

  /** The premises of those persons of whom a line tells. */
  async function ownedBy(site: string, lines: readonly { readonly subject: string }[]) {
    const people = new Set(lines.map(({ subject }) => /^owner\/(.+)$/.exec(subject)?.[1]));
    people.delete(undefined);
    const owned: Record<string, string[]> = {};
    if (people.size === 0) return owned;
    const ids = siteOf(context, site).site.premises.map(({ id }) => id);
    for (const [premises, { person }] of await stores.payouts.owners(site, ids))
      if (people.has(person)) owned[person] = [...(owned[person] ?? []), premises];
    return owned;
  }

  app.get(
    '/sites/:site/facts',
    {
      schema: {
        tags: ['compensation'],
        summary: 'What was told for the schemes, newest first, corrections included',
        params: SiteParams,
        querystring: FactLinesQuery,
        response: { 200: FactLines },
      },
    },
    async ({ params, query }) => {
      const { cursor, limit = PAGE, subject, name } = query;
      const found = await stores.facts.lines(params.site, {
        ...(subject === undefined ? {} : { subject }),
        ...(name === undefined ? {} : { name }),
        ...(cursor === undefined ? {} : { before: decodeCursor(cursor, ['string'])[0] }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next = last !== undefined && found.length > limit ? encodeCursor([last.id]) : null;
      const names = await namesOf(
        stores,
        page.map(({ by }) => by),
      );
      const premisesOf = await ownedBy(params.site, page);
      return { items: page.map((line) => ({ ...line, at: toIso(line.at) })), next, names, premisesOf };
    },
  );

  app.post(
    '/sites/:site/facts',
    {
      config: { errors: ['facts_invalid'] },
      schema: {
        tags: ['compensation'],
        summary: 'Tell facts, or correct them; with `dryRun` only say what would change',
        params: SiteParams,
        querystring: FactsQuery,
        body: FactsBody,
        response: { 200: FactsReply },
      },
    },
    async (request) => {
      const { facts, reason } = request.body;
      const known = knownInputs(schemes.values());
      const faults = facts.flatMap(({ name, from, value }, i): FieldError[] => {
        const path = `/body/facts/${i}`;
        const dated = dayOfDate(from) === null ? [{ path: `${path}/from`, code: 'wrong_form' }] : [];
        const fault = value === null ? null : factFault(name, value, known);
        return fault === null
          ? dated
          : [...dated, { path: `${path}/${fault.code === 'unknown_input' ? 'name' : 'value'}`, ...fault }];
      });
      if (faults.length > 0) throw new Refused('facts_invalid', { errors: faults.slice(0, FAULTS) });
      return tell(request, facts, reason, request.query.dryRun === true);
    },
  );

  app.post(
    '/sites/:site/facts/import',
    {
      bodyLimit: IMPORT_BYTES,
      config: { errors: ['facts_invalid', 'body_too_large'] },
      schema: {
        tags: ['compensation'],
        summary: 'Facts from a CSV list, one column per input; with `dryRun` only say what would change',
        params: SiteParams,
        querystring: FactsQuery,
        body: FactsImportBody,
        response: { 200: FactsReply },
      },
    },
    async (request) => {
      const { site } = request.params;
      const csv = readCsv(request.body.csv);
      if ('fault' in csv)
        throw new Refused('facts_invalid', { errors: [{ path: `/rows/${csv.line}`, code: csv.fault }] });
      const today = localDate(clock.now(), siteOf(context, site).site.site.timeZone);
      const read = readFactRows(csv.rows, knownInputs(schemes.values()), today);
      if ('faults' in read) {
        const errors = read.faults.map(({ row, column, ...fault }) => ({
          path: `/rows/${row}/${column}`,
          ...fault,
        }));
        throw new Refused('facts_invalid', { errors: errors.slice(0, FAULTS) });
      }
      if (read.facts.length > FACTS_MOST) {
        const message = `at most ${FACTS_MOST} facts at a time; this list has ${read.facts.length}`;
        throw new Refused('facts_invalid', { errors: [{ path: '/rows', code: 'too_many', message }] });
      }
      return tell(request, read.facts, request.body.reason, request.query.dryRun === true);
    },
  );

  app.get(
    '/sites/:site/estimates/missing',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['compensation'],
        summary: 'What is missing for which premises before an amount can be computed',
        params: SiteParams,
        querystring: Type.Object(PageQuery),
        response: { 200: MissingList },
      },
    },
    async ({ params, query }) => {
      const { cursor, limit = PAGE } = query;
      const after = cursor === undefined ? undefined : decodeCursor(cursor, ['string', 'string']);
      const found = await stores.estimates.refused(params.site, {
        ...(after === undefined ? {} : { after: { incident: after[0], premises: after[1] } }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next =
        last !== undefined && found.length > limit ? encodeCursor([last.incident, last.premises]) : null;
      return { items: page.flatMap((estimate) => missingOf(estimate, schemes.get(estimate.scheme))), next };
    },
  );

  async function tell(
    request: Parameters<typeof userOf>[0] & { readonly params: { readonly site: string } },
    facts: readonly NewFact[],
    reason: string,
    dryRun: boolean,
  ): Promise<FactsReply> {
    const { site } = request.params;
    refuseStrangers(site, facts);
    const standing = await stores.facts.about(
      site,
      facts.map(({ subject }) => subject),
    );
    const changes = changesOf(facts, standing);
    const reply = { facts: facts.length, changed: changes.length, changes: changes.slice(0, SHOWN) };
    if (dryRun) return { applied: false, ...reply };
    const at = clock.now();
    const told = changes.map(({ subject, name, from, after }) => ({ subject, name, from, value: after }));
    await stores.facts.add(site, told, { reason, by: userOf(request).id, at });
    const names = [...new Set(facts.map(({ name }) => name))].slice(0, 50);
    await record(context, request, {
      site,
      action: 'facts.tell',
      subject: site,
      detail: { facts: told.length, names },
    });
    bus.publish('events', { site, seq: 0 });
    return { applied: true, ...reply };
  }

  /** Premises that the site does not have are a slip of the pen. */
  function refuseStrangers(site: string, facts: readonly NewFact[]): void {
    const premises = new Set(siteOf(context, site).site.premises.map(({ id }) => id));
    const errors = facts.flatMap(({ subject }, i): FieldError[] => {
      const named = /(?:^|\/)premises\/(.+)$/.exec(subject)?.[1];
      if (named === undefined || premises.has(named)) return [];
      return [
        {
          path: `/facts/${i}/subject`,
          code: 'unknown_premises',
          message: `the site has no premises '${named}'`,
        },
      ];
    });
    if (errors.length > 0) throw new Refused('facts_invalid', { errors: errors.slice(0, FAULTS) });
  }
}

function changesOf(facts: readonly NewFact[], lines: readonly FactLine[]): FactsReply['changes'] {
  const standing = standingFacts(lines);
  const last = new Map(facts.map((fact) => [`${fact.subject} ${fact.name} ${fact.from}`, fact]));
  return [...last.values()].flatMap(({ subject, name, from, value }) => {
    const known = standing
      .get(subject)
      ?.get(name)
      ?.find((one) => one.from === from);
    const before = known?.value ?? null;
    return JSON.stringify(before) === JSON.stringify(value)
      ? []
      : [{ subject, name, from, before, after: value }];
  });
}
