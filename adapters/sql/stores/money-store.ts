import { CLAIM_DEFAULTS, type ClaimSettings } from '../../../core/claims/settings.ts';
import type { MoneyOutcome, MoneyStore, MoneyWrite } from '../../../core/ports/money-store.ts';
import { StoreUnavailable } from '../../../core/ports/site-store.ts';
import { toIso } from '../../../core/units/time.ts';
import type { Dialect } from '../dialect.ts';
import { createPace } from '../pace.ts';
import { ConstraintViolated, type Sql, type Step, UnmetStep } from '../sql.ts';
import { firstOf, step } from '../steps.ts';
import { AUDIT_HEAD, type AuditChain } from './audit-chain.ts';
import { createClaimSteps } from './claim-store.ts';
import type { DeliverySteps } from './delivery-steps.ts';
import type { EventSteps, NewEvent } from './event-steps.ts';
import { BUDGET, createFundSteps, FUND_LIMIT } from './fund-steps.ts';
import { noticeEvents } from './notice-events.ts';
import { createPayoutSteps } from './payout-store.ts';
import { createSiteDocuments } from './site-documents.ts';

/** Other processes may move the audit chain between our look and our lock; each retry means one of them got through. */
const MAX_ATTEMPTS = 200;
const REQUEST = 'request';

export function createMoneyStore(
  sql: Sql,
  dialect: Dialect,
  parts: { readonly chain: AuditChain; readonly deliveries: DeliverySteps; readonly eventSteps: EventSteps },
): MoneyStore {
  const { db } = dialect;
  const { chain, deliveries, eventSteps } = parts;
  const documents = createSiteDocuments(sql, dialect);
  const claims = createClaimSteps(dialect);
  const fund = createFundSteps(dialect);
  const payouts = createPayoutSteps(dialect);

  function once({ site, at, request }: MoneyWrite): readonly Step[] {
    if (request === null) return [];
    const { key, fingerprint, answer } = request;
    const insert = db
      .insertInto('money_request')
      .values({ site, request_key: key, fingerprint, answer_json: JSON.stringify(answer), at })
      .onConflict((conflict) => conflict.doNothing());
    return [step(insert, { name: REQUEST, affected: 1 })];
  }

  /** A site that never saved its settings has version 0. */
  function sameSettings({ site, settingsVersion }: MoneyWrite): Step {
    const kept = db
      .selectFrom('site_document')
      .select('version')
      .where('site', '=', site)
      .where('kind', '=', 'claims')
      .where('version', '<>', settingsVersion);
    return step(kept, { name: 'settings', affected: 0 });
  }

  async function stepsOf(write: MoneyWrite): Promise<readonly Step[]> {
    const { site, at, entries, batch } = write;
    const pace = createPace();
    return [
      fund.lock(site, entries.length),
      ...once(write),
      sameSettings(write),
      ...claims(write.claims),
      ...payouts.payouts(write.payouts),
      ...(batch === null ? [] : [payouts.batch(batch)]),
      ...(entries.length === 0 ? [] : fund.enter(site, entries)),
      ...fund.bounds(write),
      ...(await deliveries(site, write.notices, pace)),
      ...(await chain.append(site, write.audit)),
      ...(await eventSteps(site, at, eventsOf(write), pace)),
    ];
  }

  /** Null when another process took the place in the audit chain first. */
  async function attempt(write: MoneyWrite): Promise<MoneyOutcome | null> {
    try {
      await sql.run(await stepsOf(write));
      return 'done';
    } catch (error) {
      if (error instanceof ConstraintViolated && error.kind === 'unique') return 'conflict';
      if (!(error instanceof UnmetStep)) throw error;
      if (error.step === AUDIT_HEAD) return null;
      if (error.step === REQUEST) return 'repeated';
      if (error.step === FUND_LIMIT || error.step === BUDGET) return error.step;
      return 'conflict';
    }
  }

  async function commit(write: MoneyWrite): Promise<MoneyOutcome> {
    for (let count = 0; count < MAX_ATTEMPTS; count++) {
      const outcome = await attempt(write);
      if (outcome !== null) return outcome;
    }
    throw new StoreUnavailable('The audit log is too contended', { retryable: true });
  }

  return {
    commit: (write) => chain.turns.take(write.site, () => commit(write)),

    async request(site, key) {
      const query = db.selectFrom('money_request').selectAll().where('site', '=', site);
      const row = await firstOf(sql, query.where('request_key', '=', key));
      return row === null
        ? null
        : { fingerprint: row.fingerprint, answer: JSON.parse(row.answer_json) as unknown };
    },

    async settings(site) {
      const row = await firstOf(sql, documents.read(site, 'claims'));
      if (row === null) return { settings: CLAIM_DEFAULTS, version: 0 };
      return { settings: JSON.parse(row.body_json) as ClaimSettings, version: row.version };
    },

    putSettings: (site, settings, at, ifVersion) => documents.put(site, 'claims', settings, at, ifVersion),
  };
}

function eventsOf({ claims, entries, notices, at }: MoneyWrite): readonly NewEvent[] {
  const found = new Map<string, { claims: number; reassess: boolean }>();
  for (const { claim } of claims) {
    const one = found.get(claim.incident) ?? { claims: 0, reassess: false };
    const applied = claim.state === 'estimated' && claim.steps.at(-1)?.event === 'apply';
    found.set(claim.incident, { claims: one.claims + 1, reassess: one.reassess || applied });
  }
  const incidents = [...found].map(([incident, one]) => ({ incident, ...one }));
  if (incidents.length === 0 && entries.length === 0) return noticeEvents(notices);
  const body = () => ({ incidents, fund: entries.length > 0, at: toIso(at) });
  return [{ type: 'claim', body }, ...noticeEvents(notices)];
}
