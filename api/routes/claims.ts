import {
  ClaimDetail,
  ClaimList,
  ClaimParams,
  ClaimQueryString,
  ClaimSettingsBody,
  ClaimSettingsView,
  EditHeaders,
  GrantBody,
  IfMatchHeaders,
  ReasonBody,
  WaitingList,
} from '../../contracts/http/claims.ts';
import { SiteParams } from '../../contracts/http/common.ts';
import { advance, approve } from '../../core/claims/advance.ts';
import type { Claim } from '../../core/claims/claim.ts';
import type { ClaimSettings } from '../../core/claims/settings.ts';
import type { StoredClaim } from '../../core/ports/money-store.ts';
import type { User } from '../../core/ports/people.ts';
import { grantOf } from '../claims/grant.ts';
import { claimRefused, createMoneyDesk, type Ground, taken } from '../claims/money-desk.ts';
import { minorOf, shown, versionIn } from '../claims/money-given.ts';
import { namesOf } from '../claims/names.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { claimDetail, claimView, settingsBody } from '../views/claims.ts';

const PAGE = 100;
/** Incidents shown as waiting. */
const WAITING = 50;
/** Premises one query may name; a database bounds the values of a statement. */
const PREMISES_MAX = 30_000;
const DECISION_ERRORS = [
  'unknown_claim',
  'claim_refused',
  'idempotency_key_reused',
  'version_conflict',
] as const;

/** Claims one by one: seen, decided on, with who did what. */
export function claimRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;
  const desk = createMoneyDesk(context);

  app.get(
    '/sites/:site/claims',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['claims'],
        summary:
          'Claims, newest first, with totals by state; `needsInput` lists those that wait for something',
        params: SiteParams,
        querystring: ClaimQueryString,
        response: { 200: ClaimList },
      },
    },
    async ({ params: { site }, query: { cursor, limit = PAGE, state, premises, building, ...rest } }) => {
      const [at, id] = cursor === undefined ? [] : decodeCursor(cursor, ['number', 'string']);
      const about = {
        ...rest,
        ...(premises === undefined && building === undefined
          ? {}
          : { premises: premisesIn(site, premises, building) }),
      };
      const found = await stores.claims.list({
        site,
        ...about,
        ...(state === undefined ? {} : { states: [state] }),
        ...(at === undefined || id === undefined ? {} : { before: { at, id } }),
        limit: limit + 1,
      });
      const { settings } = await stores.money.settings(site);
      const page = found.slice(0, limit);
      const last = page.at(-1)?.claim;
      const next = last !== undefined && found.length > limit ? encodeCursor([last.openedAt, last.id]) : null;
      const { currency } = siteOf(context, site).site.site;
      const totals = (await stores.claims.totals(site, about)).map(({ state, count, sum_minor }) => {
        return { state, count, total: shown(sum_minor, currency) };
      });
      return { items: page.map((stored) => claimView(stored, settings)), next, totals };
    },
  );

  function premisesIn(
    site: string,
    one: string | undefined,
    building: string | undefined,
  ): readonly string[] {
    if (building === undefined) return one === undefined ? [] : [one];
    const all = siteOf(context, site).site.premises.filter((premises) => premises.building === building);
    const ids = all.map(({ id }) => id).filter((id) => one === undefined || id === one);
    if (ids.length <= PREMISES_MAX) return ids;
    throw new Refused('invalid_request', { errors: [{ path: '/querystring/building', code: 'too_large' }] });
  }

  app.get(
    '/sites/:site/claims-waiting',
    {
      schema: {
        tags: ['claims'],
        summary: 'Incidents whose claims wait for approval, with how many and how much',
        params: SiteParams,
        response: { 200: WaitingList },
      },
    },
    async ({ params: { site } }) => {
      const { currency } = siteOf(context, site).site.site;
      const found = await stores.claims.waiting(site, WAITING);
      const items = found.map(({ incident, count, sum_minor }) => {
        return { incident, count, total: shown(sum_minor, currency) };
      });
      return { items, next: null };
    },
  );

  async function detailOf(site: string, stored: StoredClaim): Promise<ClaimDetail> {
    const { steps, approvals, submittedBy } = stored.claim;
    const ids = [...steps.map(({ by }) => by), ...approvals.map(({ by }) => by), submittedBy];
    const [{ settings }, names] = await Promise.all([stores.money.settings(site), namesOf(stores, ids)]);
    return claimDetail(stored, settings, names);
  }

  app.get(
    '/sites/:site/claims/:claim',
    {
      config: { errors: ['unknown_claim'] },
      schema: {
        tags: ['claims'],
        summary: 'One claim with every step of its amount and its way',
        params: ClaimParams,
        response: { 200: ClaimDetail },
      },
    },
    async ({ params }, reply) => {
      const stored = await desk.claimOf(params.site, params.claim);
      return reply.header('etag', `"${stored.version}"`).send(await detailOf(params.site, stored));
    },
  );

  interface Act {
    readonly site: string;
    readonly claim: string;
    readonly user: User;
    readonly headers: { readonly 'idempotency-key'?: string; readonly 'if-match'?: string };
    readonly action: string;
    readonly detail?: object;
    step(claim: Claim, ground: Ground): { readonly claim: Claim; readonly opened?: readonly Claim[] };
  }

  async function act({
    site,
    claim: id,
    user,
    headers,
    action,
    detail = {},
    step,
  }: Act): Promise<ClaimDetail> {
    const ifVersion = versionIn(headers['if-match']);
    const key = headers['idempotency-key'] ?? null;
    await desk.run({ site, by: user.id, key, about: [action, id, detail] }, async (ground) => {
      const stored = await desk.claimOf(site, id);
      if (ifVersion !== undefined && ifVersion !== stored.version) throw new Refused('version_conflict');
      if (stored.claim.currency !== ground.currency) throw claimRefused('other_currency');
      const { claim, opened = [] } = step(stored.claim, ground);
      return {
        claims: [{ stored, claim }],
        opened,
        audit: { action, subject: id, detail: auditOf(stored, claim, detail) },
        answer: { claim: id },
      };
    });
    return detailOf(site, await desk.claimOf(site, id));
  }

  app.post(
    '/sites/:site/claims/:claim/submit',
    {
      config: { errors: [...DECISION_ERRORS] },
      schema: {
        tags: ['claims'],
        summary: 'Hand it in for approval; who does so cannot approve it',
        params: ClaimParams,
        headers: EditHeaders,
        response: { 200: ClaimDetail },
      },
    },
    async (request) =>
      act({
        ...request.params,
        user: userOf(request),
        headers: request.headers,
        action: 'claim.submit',
        step: (claim, { settings, at }) => ({
          claim: taken(advance(claim, { event: 'submit', by: userOf(request).id, at }, settings)),
        }),
      }),
  );

  app.post(
    '/sites/:site/claims/:claim/approve',
    {
      config: { errors: [...DECISION_ERRORS, 'fund_limit', 'budget_exceeded'] },
      schema: {
        tags: ['claims'],
        summary: 'Approve it; above the limit of one person it then waits for a second',
        params: ClaimParams,
        headers: EditHeaders,
        response: { 200: ClaimDetail },
      },
    },
    async (request) => {
      const { id: by, role } = userOf(request);
      return act({
        ...request.params,
        user: userOf(request),
        headers: request.headers,
        action: 'claim.approve',
        step: (claim, { settings, at }) => ({ claim: taken(approve(claim, { by, role, at }, settings)) }),
      });
    },
  );

  for (const [event, summary] of [
    ['reject', 'Reject it, with the reason its owner reads'],
    ['reverse', 'Take it back, with the reason; what was paid becomes a recourse'],
    ['dismiss', 'Dismiss the appeal: what was decided stands'],
    ['appeal', 'Appeal on behalf of the owner'],
  ] as const) {
    app.post(
      `/sites/:site/claims/:claim/${event}`,
      {
        config: { errors: [...DECISION_ERRORS] },
        schema: {
          tags: ['claims'],
          summary,
          params: ClaimParams,
          headers: EditHeaders,
          body: ReasonBody,
          response: { 200: ClaimDetail },
        },
      },
      async (request) => {
        const { reason } = request.body;
        return act({
          ...request.params,
          user: userOf(request),
          headers: request.headers,
          action: `claim.${event}`,
          detail: { reason },
          step: (claim, { settings, at }) => ({
            claim: taken(advance(claim, { event, by: userOf(request).id, at, reason }, settings)),
          }),
        });
      },
    );
  }

  app.post(
    '/sites/:site/claims/:claim/grant',
    {
      config: { errors: [...DECISION_ERRORS] },
      schema: {
        tags: ['claims'],
        summary: 'Grant an appeal against a paid amount: a further claim, for others to approve',
        params: ClaimParams,
        headers: EditHeaders,
        body: GrantBody,
        response: { 200: ClaimDetail },
      },
    },
    async (request) => {
      const { reason, amount } = request.body;
      return act({
        ...request.params,
        user: userOf(request),
        headers: request.headers,
        action: 'claim.grant',
        detail: { reason, amount },
        step: (claim, { settings, at, currency }) => {
          const by = userOf(request).id;
          const more = minorOf(amount, currency, '/body/amount');
          if (more === 0) throw claimRefused('nothing_owed');
          const decided = taken(advance(claim, { event: 'grant', by, at, reason }, settings));
          return { claim: decided, opened: [grantOf(claim, more, { by, at, reason })] };
        },
      });
    },
  );

  app.get(
    '/sites/:site/claim-settings',
    {
      schema: {
        tags: ['claims'],
        summary: 'Limits of approval, windows, and the bounds of the fund',
        params: SiteParams,
        response: { 200: ClaimSettingsView },
      },
    },
    async ({ params: { site } }, reply) => {
      const { settings, version } = await stores.money.settings(site);
      const { currency } = siteOf(context, site).site.site;
      return reply
        .header('etag', `"${version}"`)
        .send({ version, settings: settingsBody(settings, currency) });
    },
  );

  app.put(
    '/sites/:site/claim-settings',
    {
      config: { errors: ['version_needed', 'version_conflict'] },
      schema: {
        tags: ['claims'],
        summary: 'Replace them; what is decided already stays',
        params: SiteParams,
        headers: IfMatchHeaders,
        body: ClaimSettingsBody,
        response: { 200: ClaimSettingsView },
      },
    },
    async (request) => {
      const { site } = request.params;
      const { currency } = siteOf(context, site).site.site;
      const ifVersion = versionIn(request.headers['if-match']);
      if (ifVersion === undefined) throw new Refused('version_needed');
      const settings = settingsOf(request.body, currency);
      const version = await stores.money.putSettings(site, settings, clock.now(), ifVersion);
      await record(context, request, { site, action: 'claims.settings', subject: site, detail: settings });
      return { version, settings: settingsBody(settings, currency) };
    },
  );
}

function auditOf({ claim: before }: StoredClaim, after: Claim, detail: object): object {
  const { amount_minor, currency, evidence } = after;
  return { ...detail, from: before.state, to: after.state, amount_minor, currency, evidence };
}

function settingsOf(body: ClaimSettingsBody, currency: string): ClaimSettings {
  const { submission, applicationDays, appealDays, payers } = body;
  const singleUpTo_minor = minorOf(body.singleUpTo, currency, '/body/singleUpTo');
  const twoUpTo_minor = minorOf(body.twoUpTo, currency, '/body/twoUpTo');
  if (twoUpTo_minor < singleUpTo_minor) {
    throw new Refused('invalid_request', {
      errors: [{ path: '/body/twoUpTo/amount', code: 'below_singleUpTo' }],
    });
  }
  return {
    submission,
    applicationDays,
    appealDays,
    payers,
    singleUpTo_minor,
    twoUpTo_minor,
    fundLimit_minor: minorOf(body.fundLimit, currency, '/body/fundLimit'),
    budgets_minor: Object.fromEntries(
      body.budgets.map(({ year, amount }, i) => [
        String(year),
        minorOf(amount, currency, `/body/budgets/${i}/amount`),
      ]),
    ),
  };
}
