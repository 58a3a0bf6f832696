import { ApprovalPreview, ApproveAllBody, ApproveAllReply } from '../../contracts/http/claims.ts';
import { IdempotencyHeaders, IncidentParams } from '../../contracts/http/common.ts';
import { approve, isRefused } from '../../core/claims/advance.ts';
import { outliersOf } from '../../core/claims/outliers.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { StoredClaim } from '../../core/ports/money-store.ts';
import { claimsOf } from '../claims/incident-claims.ts';
import { createMoneyDesk } from '../claims/money-desk.ts';
import { minorOf, shown } from '../claims/money-given.ts';
import { type Context, type Server, siteOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';

/** The claims of one incident together: totals and outliers first, then all but the outliers at once. */
export function claimBatchRoutes(app: Server, context: Context): void {
  const { stores } = context;
  const desk = createMoneyDesk(context);

  async function incidentOf(site: string, id: string): Promise<Incident> {
    const incident = await stores.incidents.get(site, id);
    if (incident === null) throw new Refused('unknown_incident');
    return incident;
  }

  async function undecided(site: string, id: string) {
    const incident = await incidentOf(site, id);
    const submitted = await claimsOf(stores, { site, incident: id, states: ['submitted'] });
    // Measured against those decided before as well: an outlier must not become ordinary by being left alone.
    const decided = await claimsOf(stores, { site, incident: id, states: ['approved', 'paid'] });
    const claims = [...submitted, ...decided].map(({ claim }) => claim);
    const outliers = outliersOf(claims, minutesOf(incident));
    return { submitted, outliers, ordinary: submitted.filter(({ claim }) => !outliers.has(claim.id)) };
  }

  app.get(
    '/sites/:site/incidents/:incident/claims/preview',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['claims'],
        summary: 'What approving all claims of an incident would come to, and which stand out',
        params: IncidentParams,
        response: { 200: ApprovalPreview },
      },
    },
    async ({ params: { site, incident } }): Promise<ApprovalPreview> => {
      const { currency } = siteOf(context, site).site.site;
      const { submitted, outliers, ordinary } = await undecided(site, incident);
      const needing = await claimsOf(stores, { site, incident, needsInput: true });
      const states = await stores.claims.totals(site, { incident });
      return {
        incident,
        count: submitted.length,
        total: shown(sumOf(submitted), currency),
        outliers: submitted.flatMap(({ claim: { id, premises, amount_minor } }) => {
          const reasons = outliers.get(id);
          if (reasons === undefined) return [];
          return [{ claim: id, premises, amount: shown(amount_minor, currency), reasons: [...reasons] }];
        }),
        ordinary: { count: ordinary.length, total: shown(sumOf(ordinary), currency) },
        needsInput: needing.length,
        states: states.map(({ state, count, sum_minor }) => ({
          state,
          count,
          total: shown(sum_minor, currency),
        })),
      };
    },
  );

  app.post(
    '/sites/:site/incidents/:incident/claims/approve',
    {
      config: {
        errors: [
          'unknown_incident',
          'claims_changed',
          'fund_limit',
          'budget_exceeded',
          'idempotency_key_reused',
        ],
      },
      schema: {
        tags: ['claims'],
        summary: 'Approve all submitted claims of an incident but the outliers: all of them or none',
        params: IncidentParams,
        headers: IdempotencyHeaders,
        body: ApproveAllBody,
        response: { 200: ApproveAllReply },
      },
    },
    async (request): Promise<ApproveAllReply> => {
      const { site, incident } = request.params;
      const { id: by, role } = userOf(request);
      const { expect } = request.body;
      const asked = {
        site,
        by,
        key: request.headers['idempotency-key'],
        about: ['approve all', incident, expect],
      };
      return desk.run(asked, async ({ settings, at, currency }) => {
        const { ordinary } = await undecided(site, incident);
        const expected = minorOf(expect.total, currency, '/body/expect/total');
        if (ordinary.length !== expect.count || sumOf(ordinary) !== expected)
          throw new Refused('claims_changed');
        const outcomes = ordinary.map((stored) => {
          const refused =
            stored.claim.currency === currency ? null : ({ refused: 'other_currency' } as const);
          return { stored, next: refused ?? approve(stored.claim, { by, role, at }, settings) };
        });
        const claims = outcomes.flatMap(({ stored, next }) =>
          isRefused(next) ? [] : [{ stored, claim: next }],
        );
        const approved = claims.filter(({ claim }) => claim.state === 'approved');
        const answer = {
          approved: approved.length,
          endorsed: claims.length - approved.length,
          total: shown(sumOf(approved), currency),
          skipped: outcomes.flatMap(({ stored, next }) =>
            isRefused(next) ? [{ claim: stored.claim.id, reason: next.refused }] : [],
          ),
        };
        const detail = { ...answer, claims: claims.map(({ claim: { id, evidence } }) => ({ id, evidence })) };
        return { claims, audit: { action: 'claims.approve', subject: incident, detail }, answer };
      });
    },
  );
}

function sumOf(claims: readonly Pick<StoredClaim, 'claim'>[]): number {
  return claims.reduce((sum, { claim }) => sum + claim.amount_minor, 0);
}

/** Null while it lasts. An interruption may begin before the incident was dated. */
function minutesOf({ onset, onsetEarliest, restoredAt, closedAt, affected }: Incident): number | null {
  const ends = affected.flatMap(({ to }) => to ?? []);
  const end = closedAt === null && restoredAt === null ? null : Math.max(restoredAt ?? 0, ...ends);
  const begin = Math.min(onset, onsetEarliest, ...affected.map(({ from }) => from));
  return end === null ? null : (end - begin) / 60_000;
}
