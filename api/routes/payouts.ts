import { IdempotencyHeaders, SiteParams } from '../../contracts/http/common.ts';
import {
  AccountBody,
  AccountParams,
  AccountView,
  BatchDetail,
  BatchList,
  BatchParams,
  BatchQuery,
  BatchView,
  BookBody,
  FileQuery,
  FileReply,
  MethodList,
  PrepareBody,
  PrepareReply,
  ResultBody,
  ResultReply,
  TryQuery,
} from '../../contracts/http/payouts.ts';
import type { ControlTotals, PayoutBatch } from '../../core/payouts/payout.ts';
import { toIso } from '../../core/units/time.ts';
import { maskedAccount, maskedNumber } from '../claims/masked-account.ts';
import { shown } from '../claims/money-given.ts';
import { namesOf } from '../claims/names.ts';
import { createPayoutDesk, payoutRefused } from '../claims/payout-desk.ts';
import { readResult } from '../claims/read-result.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';

const PAGE = 50;
const RESULT_BYTES = 16 * 1024 * 1024;

/** Payouts in batches: prepared, exported as a file, booked from what came back. */
export function payoutRoutes(app: Server, context: Context): void {
  const { stores, clock, payouts: methods } = context;
  const desk = createPayoutDesk(context);

  app.get(
    '/sites/:site/payout-methods',
    {
      schema: {
        tags: ['payouts'],
        summary: 'Ways to pay',
        params: SiteParams,
        response: { 200: MethodList },
      },
    },
    async () => ({
      items: [...methods.values()].map(({ id, title, formats, needsAccount }) => {
        return { id, title: { ...title }, formats: [...formats], needsAccount };
      }),
      next: null,
    }),
  );

  app.get(
    '/sites/:site/payouts',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['payouts'],
        summary: 'Batches, newest first',
        params: SiteParams,
        querystring: BatchQuery,
        response: { 200: BatchList },
      },
    },
    async ({ params: { site }, query: { cursor, limit = PAGE } }) => {
      const [at, id] = cursor === undefined ? [] : decodeCursor(cursor, ['number', 'string']);
      const before = at === undefined || id === undefined ? {} : { before: { at, id } };
      const found = await stores.payouts.batches(site, { ...before, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next =
        last !== undefined && found.length > limit ? encodeCursor([last.preparedAt, last.id]) : null;
      const views = await viewsOf(site, page);
      const names = await namesOf(
        stores,
        page.map(({ preparedBy }) => preparedBy),
      );
      return { items: views, next, names };
    },
  );

  app.post(
    '/sites/:site/payouts',
    {
      config: { errors: ['payout_refused', 'idempotency_key_reused'] },
      schema: {
        tags: ['payouts'],
        summary:
          'Put approved claims into a batch; each is then held for it and nothing else. With `dryRun` only say what it would hold',
        params: SiteParams,
        querystring: TryQuery,
        headers: IdempotencyHeaders,
        body: PrepareBody,
        response: { 200: PrepareReply },
      },
    },
    async (request): Promise<PrepareReply> => {
      const { site } = request.params;
      const { currency } = siteOf(context, site).site.site;
      const key = request.headers['idempotency-key'];
      const asked = { site, by: userOf(request).id, key, about: ['prepare', request.body] };
      const dryRun = request.query.dryRun === true;
      const { batch, control, skipped } = await desk.prepare(asked, request.body, dryRun);
      return { batch: dryRun ? null : batch, control: controlView(control, currency), skipped };
    },
  );

  app.get(
    '/sites/:site/payouts/:batch',
    {
      config: { errors: ['unknown_payout'] },
      schema: {
        tags: ['payouts'],
        summary: 'One batch with every payout; accounts masked',
        params: BatchParams,
        response: { 200: BatchDetail },
      },
    },
    async ({ params }) => detailOf(params.site, await desk.batchOf(params.site, params.batch)),
  );

  async function viewsOf(site: string, batches: readonly PayoutBatch[]): Promise<BatchView[]> {
    const found = await stores.payouts.states(
      site,
      batches.map(({ id }) => id),
    );
    return batches.map((batch) => {
      const own = found.filter((one) => one.batch === batch.id);
      return batchView(batch, Object.fromEntries(own.map(({ state, count }) => [state, count])));
    });
  }

  async function viewOf(site: string, batch: PayoutBatch): Promise<BatchView> {
    const [view] = await viewsOf(site, [batch]);
    return view ?? batchView(batch, {});
  }

  async function detailOf(site: string, batch: PayoutBatch): Promise<BatchDetail> {
    const payouts = await stores.payouts.payouts(site, batch.id);
    const accounts = await stores.payouts.accounts(site, [
      ...new Set(payouts.flatMap(({ person }) => person ?? [])),
    ]);
    return {
      ...(await viewOf(site, batch)),
      names: await namesOf(stores, [batch.preparedBy]),
      payouts: payouts.map(
        ({ id, claim, incident, premises, amount_minor, state, receipt, reason, person }) => {
          const account = person === null ? undefined : accounts.get(person);
          const amount = shown(amount_minor, batch.currency);
          const masked = account === undefined ? null : maskedNumber(account.number);
          return { id, claim, incident, premises, amount, state, receipt, reason, account: masked };
        },
      ),
    };
  }

  for (const [step, summary] of [
    ['export', 'Say that the batch leaves: its money is under way from here on'],
    ['cancel', 'Give the claims of a batch free that has not left'],
  ] as const) {
    app.post(
      `/sites/:site/payouts/:batch/${step}`,
      {
        config: { errors: ['unknown_payout', 'payout_refused', 'idempotency_key_reused'] },
        schema: {
          tags: ['payouts'],
          summary,
          params: BatchParams,
          headers: IdempotencyHeaders,
          response: { 200: BatchView },
        },
      },
      async (request) => {
        const { site, batch } = request.params;
        const key = request.headers['idempotency-key'];
        const asked = { site, by: userOf(request).id, key, about: [step, batch] };
        return viewOf(
          site,
          await (step === 'export' ? desk.exportBatch(asked, batch) : desk.cancel(asked, batch)),
        );
      },
    );
  }

  app.get(
    '/sites/:site/payouts/:batch/file',
    {
      config: { errors: ['unknown_payout', 'payout_refused'] },
      schema: {
        tags: ['payouts'],
        summary: 'The file of an exported batch, with control totals; on the record',
        params: BatchParams,
        querystring: FileQuery,
        response: { 200: FileReply },
      },
    },
    async (request, reply) => {
      const { site, batch: id } = request.params;
      const { format } = request.query;
      const batch = await desk.batchOf(site, id);
      if (batch.exportedAt === null) throw payoutRefused('not_exported');
      const method = desk.methodOf(batch.method);
      if (method.write === undefined || !method.formats.includes(format)) throw payoutRefused('no_file');
      const payouts = await stores.payouts.payouts(site, id);
      const accounts = await stores.payouts.accounts(site, [
        ...new Set(payouts.flatMap(({ person }) => person ?? [])),
      ]);
      const lines = payouts.map(({ person, ...payout }) => {
        return { ...payout, account: (person === null ? undefined : accounts.get(person)) ?? null };
      });
      if (method.needsAccount && lines.some(({ account }) => account === null))
        throw payoutRefused('nothing_to_pay');
      const file = await method.write(batch, lines, format);
      await record(context, request, { site, action: 'payout.file', subject: id, detail: { format } });
      return reply
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .type(file.mediaType)
        .send(Buffer.from(file.bytes));
    },
  );

  app.post(
    '/sites/:site/payouts/:batch/result',
    {
      bodyLimit: RESULT_BYTES,
      config: {
        errors: ['unknown_payout', 'payout_refused', 'payout_file_invalid', 'idempotency_key_reused'],
      },
      schema: {
        tags: ['payouts'],
        summary:
          'Read the booked result row by row; a file whose totals do not fit is refused whole. With `dryRun` nothing is booked',
        params: BatchParams,
        querystring: TryQuery,
        headers: IdempotencyHeaders,
        body: ResultBody,
        response: { 200: ResultReply },
      },
    },
    async (request): Promise<ResultReply> => {
      const { site, batch: id } = request.params;
      const batch = await desk.batchOf(site, id);
      const rows = await readResult(
        desk.methodOf(batch.method),
        batch,
        await stores.payouts.payouts(site, id),
        request.body,
      );
      const key = request.headers['idempotency-key'];
      const asked = { site, by: userOf(request).id, key, about: ['result', id, request.body.content_base64] };
      const dryRun = request.query.dryRun === true;
      const { total_minor, ...counts } = await desk.settle(asked, id, rows, dryRun);
      return { applied: !dryRun, ...counts, total: shown(total_minor, batch.currency) };
    },
  );

  app.post(
    '/sites/:site/payouts/:batch/book',
    {
      config: { errors: ['unknown_payout', 'payout_refused', 'idempotency_key_reused'] },
      schema: {
        tags: ['payouts'],
        summary: 'Say by hand which payouts have arrived, each with the number of its receipt',
        params: BatchParams,
        headers: IdempotencyHeaders,
        body: BookBody,
        response: { 200: ResultReply },
      },
    },
    async (request): Promise<ResultReply> => {
      const { site, batch: id } = request.params;
      const batch = await desk.batchOf(site, id);
      // A method with a result to read is booked by its result alone.
      if (desk.methodOf(batch.method).read !== undefined) throw payoutRefused('no_file');
      const rows = request.body.payouts.map((one) => ({ ...one, outcome: 'booked' as const, reason: '' }));
      const key = request.headers['idempotency-key'];
      const asked = { site, by: userOf(request).id, key, about: ['book', id, request.body] };
      const { total_minor, ...counts } = await desk.settle(asked, id, rows);
      return { applied: true, ...counts, total: shown(total_minor, batch.currency) };
    },
  );

  app.get(
    '/sites/:site/people/:person/bank-account',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['payouts'],
        summary: 'Where a person is paid, masked',
        params: AccountParams,
        response: { 200: AccountView },
      },
    },
    async ({ params: { site, person } }) => {
      const account = (await stores.payouts.accounts(site, [person])).get(person);
      if (account === undefined) throw new Refused('unknown_person');
      return maskedAccount(account);
    },
  );

  app.put(
    '/sites/:site/people/:person/bank-account',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['payouts'],
        summary: 'Say where a person is paid',
        params: AccountParams,
        body: AccountBody,
        response: { 200: AccountView },
      },
    },
    async (request) => {
      const { site, person } = request.params;
      if ((await stores.people.get(site, person)) === null) throw new Refused('unknown_person');
      const account = { ...request.body, person, number: request.body.number.replaceAll(' ', '') };
      await stores.payouts.putAccount(site, account, clock.now());
      await record(context, request, { site, action: 'person.bank-account', subject: person });
      return maskedAccount(account);
    },
  );
}

function batchView(
  { id, method, control, preparedBy, currency, ...batch }: PayoutBatch,
  counts: Partial<BatchView['payoutStates']>,
): BatchView {
  const { preparedAt, exportedAt, cancelledAt } = batch;
  return {
    id,
    method,
    control: controlView(control, currency),
    preparedBy,
    preparedAt: toIso(preparedAt),
    exportedAt: exportedAt === null ? null : toIso(exportedAt),
    cancelledAt: cancelledAt === null ? null : toIso(cancelledAt),
    payoutStates: { prepared: 0, exported: 0, booked: 0, failed: 0, ...counts },
  };
}

function controlView({ count, sum_minor, sha256 }: ControlTotals, currency: string) {
  return { count, sum: shown(sum_minor, currency), sha256 };
}
