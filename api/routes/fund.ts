import { ReasonBody } from '../../contracts/http/claims.ts';
import { IdempotencyHeaders, SiteParams } from '../../contracts/http/common.ts';
import {
  ContributionBody,
  EntryList,
  EntryParams,
  EntryQuery,
  EntryView,
  FundView,
  ProofView,
  RecoveryBody,
} from '../../contracts/http/fund.ts';
import { checkedEntry, type FundEntry, moved, reversalOf } from '../../core/fund/entry.ts';
import { forecast } from '../../core/fund/forecast.ts';
import type { StoredEntry } from '../../core/ports/money-store.ts';
import { localDate } from '../../core/units/calendar.ts';
import { createMoneyDesk } from '../claims/money-desk.ts';
import { minorOf, shown } from '../claims/money-given.ts';
import { namesOf } from '../claims/names.ts';
import { textHash } from '../claims/text-hash.ts';
import { type Context, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { entryView } from '../views/claims.ts';

const PAGE = 100;

/** The fund: what it holds and owes, every entry, and the proof that the books hold. */
export function fundRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;
  const desk = createMoneyDesk(context);

  app.get(
    '/sites/:site/fund',
    {
      schema: {
        tags: ['fund'],
        summary: 'Balances, limit, budget, and what the fund comes to when all that is on its way is paid',
        params: SiteParams,
        response: { 200: FundView },
      },
    },
    async ({ params: { site } }): Promise<FundView> => {
      const { currency, timeZone } = siteOf(context, site).site.site;
      const year = Number(localDate(clock.now(), timeZone).slice(0, 4));
      const [{ settings }, balances, used, states] = await Promise.all([
        stores.money.settings(site),
        stores.fund.balances(site),
        stores.fund.used(site, year),
        stores.claims.totals(site),
      ]);
      const sumIn = (...names: readonly string[]) =>
        states
          .filter(({ state }) => names.includes(state))
          .reduce((sum, one) => sum + Math.max(0, one.sum_minor), 0);
      const held = balances.find(({ account }) => account === 'fund')?.amount_minor ?? 0;
      const ahead = forecast(held, settings.fundLimit_minor, {
        running_minor: sumIn('estimated'),
        pending_minor: sumIn('assessed', 'submitted'),
      });
      const budget = settings.budgets_minor[String(year)];
      return {
        currency,
        balances: balances.map(({ account, amount_minor }) => ({
          account,
          balance: shown(amount_minor, currency),
        })),
        limit: shown(settings.fundLimit_minor, currency),
        year,
        used: shown(used, currency),
        budget: budget === undefined ? null : shown(budget, currency),
        forecast: {
          running: shown(ahead.running_minor, currency),
          pending: shown(ahead.pending_minor, currency),
          after: shown(ahead.after_minor, currency),
          short: shown(ahead.short_minor, currency),
        },
      };
    },
  );

  app.get(
    '/sites/:site/fund/entries',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['fund'],
        summary: 'Entries with their postings, newest first',
        params: SiteParams,
        querystring: EntryQuery,
        response: { 200: EntryList },
      },
    },
    async ({ params: { site }, query: { cursor, limit = PAGE, claim, kind, account } }) => {
      const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['number']);
      const found = await stores.fund.entries(site, {
        ...(claim === undefined ? {} : { claim }),
        ...(kind === undefined ? {} : { kind }),
        ...(account === undefined ? {} : { account }),
        ...(before === undefined ? {} : { before }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next = last !== undefined && found.length > limit ? encodeCursor([last.seq]) : null;
      const names = await namesOf(
        stores,
        page.map(({ by }) => by),
      );
      return { items: page.map(entryView), next, names };
    },
  );

  app.get(
    '/sites/:site/fund/proof',
    {
      schema: {
        tags: ['fund'],
        summary: 'Recompute the books from their postings: do they sum to zero, is every claim paid once',
        params: SiteParams,
        response: { 200: ProofView },
      },
    },
    async ({ params: { site } }): Promise<ProofView> => {
      const { entries, postings, sum_minor, faults } = await stores.fund.verify(site);
      const { currency } = siteOf(context, site).site.site;
      const holds = faults.length === 0;
      return {
        holds,
        entries,
        postings,
        sum: shown(sum_minor, currency),
        faults: faults.map((one) => ({ ...one })),
      };
    },
  );

  async function enter(
    site: string,
    by: string,
    key: string,
    about: unknown,
    entry: (told: Told) => FundEntry,
  ) {
    const entryKey = await desk.run({ site, by, key, about }, async ({ at, currency, yearOf }) => {
      const made = entry({
        site,
        at,
        by,
        currency,
        claim: null,
        reverses: null,
        year: yearOf(at),
        budget_minor: 0,
      });
      const { kind, postings } = made;
      const audit = { action: `fund.${kind}`, subject: made.key, detail: { postings, memo: made.memo } };
      return { entries: [made], audit, answer: made.key };
    });
    return entryView(await entryOf(site, entryKey));
  }

  async function entryOf(site: string, key: string): Promise<StoredEntry> {
    const stored = await stores.fund.entry(site, key);
    if (stored === null) throw new Refused('unknown_entry');
    return stored;
  }

  app.post(
    '/sites/:site/fund/contributions',
    {
      config: { errors: ['idempotency_key_reused'] },
      schema: {
        tags: ['fund'],
        summary: 'Money the property company puts in',
        params: SiteParams,
        headers: IdempotencyHeaders,
        body: ContributionBody,
        response: { 200: EntryView },
      },
    },
    async (request) => {
      const { site } = request.params;
      const { amount, reference } = request.body;
      const key = request.headers['idempotency-key'];
      return enter(site, userOf(request).id, key, ['contribution', request.body], (told) => {
        const minor = positive(minorOf(amount, told.currency, '/body/amount'));
        const postings = moved('contributions', 'fund', minor);
        const evidence = textHash(reference);
        return checkedEntry({
          ...told,
          key: `contribution/${key}`,
          kind: 'contribution',
          evidence,
          memo: reference,
          postings,
        });
      });
    },
  );

  app.post(
    '/sites/:site/fund/recoveries',
    {
      config: { errors: ['idempotency_key_reused'] },
      schema: {
        tags: ['fund'],
        summary: 'Money that came back from whoever bears it in the end',
        params: SiteParams,
        headers: IdempotencyHeaders,
        body: RecoveryBody,
        response: { 200: EntryView },
      },
    },
    async (request) => {
      const { site } = request.params;
      const { amount, from, reference } = request.body;
      const key = request.headers['idempotency-key'];
      return enter(site, userOf(request).id, key, ['recovery', request.body], (told) => {
        const minor = positive(minorOf(amount, told.currency, '/body/amount'));
        const postings = moved(`recourse:${from}`, 'fund', minor);
        const evidence = textHash(reference);
        return checkedEntry({
          ...told,
          key: `recovery/${key}`,
          kind: 'recovered',
          evidence,
          memo: reference,
          postings,
        });
      });
    },
  );

  app.post(
    '/sites/:site/fund/entries/:seq/reverse',
    {
      config: { errors: ['unknown_entry', 'entry_not_reversible', 'fund_limit', 'idempotency_key_reused'] },
      schema: {
        tags: ['fund'],
        summary: 'Undo a contribution or recovery by an entry of its own; nothing is ever edited',
        params: EntryParams,
        headers: IdempotencyHeaders,
        body: ReasonBody,
        response: { 200: EntryView },
      },
    },
    async (request) => {
      const { site, seq } = request.params;
      const [stored] = await stores.fund.entries(site, { before: seq + 1, limit: 1 });
      if (stored === undefined || stored.seq !== seq) throw new Refused('unknown_entry');
      const reversible = stored.kind === 'contribution' || stored.kind === 'recovered';
      const key = `${stored.key}/reversed`;
      const idempotency = request.headers['idempotency-key'];
      const done = await stores.fund.entry(site, key);
      const repeat = (await stores.money.request(site, idempotency)) !== null;
      if (!reversible || (done !== null && !repeat)) throw new Refused('entry_not_reversible');
      const { seq: _, ...entry } = stored;
      const memo = request.body.reason;
      return enter(site, userOf(request).id, idempotency, ['reverse', seq, memo], ({ at, by }) => {
        return reversalOf(entry, { key, at, by, memo });
      });
    },
  );
}

type Told = Pick<
  FundEntry,
  'site' | 'at' | 'by' | 'currency' | 'claim' | 'reverses' | 'year' | 'budget_minor'
>;

function positive(minor: number): number {
  if (minor > 0) return minor;
  throw new Refused('invalid_request', { errors: [{ path: '/body/amount/amount', code: 'not_positive' }] });
}
