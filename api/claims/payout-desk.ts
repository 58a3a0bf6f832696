import { randomBytes } from 'node:crypto';
import { advance, isRefused } from '../../core/claims/advance.ts';
import type { Claim } from '../../core/claims/claim.ts';
import type { ClaimCommand } from '../../core/claims/command.ts';
import { entryOfPayout } from '../../core/fund/entries-of-payout.ts';
import { creditedOwed } from '../../core/notices/aftercare.ts';
import type { Payout, PayoutBatch } from '../../core/payouts/payout.ts';
import type { StoredClaim } from '../../core/ports/money-store.ts';
import type { PayoutMethod } from '../../core/ports/payout-method.ts';
import type { Context } from '../context.ts';
import { Refused } from '../errors.ts';
import { CLAIMS_MAX, claimsOf } from './incident-claims.ts';
import { type Asked, createMoneyDesk, type Decision, type Ground, taken } from './money-desk.ts';

export interface Settled {
  readonly id: string;
  readonly outcome: 'booked' | 'failed';
  readonly receipt: string;
  readonly reason: string;
}

export type PayoutRefusal =
  | 'nothing_to_pay'
  | 'not_exported'
  | 'exported_already'
  | 'cancelled'
  | 'over'
  | 'no_file'
  | 'unknown_method'
  | 'not_in_batch';

export function payoutRefused(code: PayoutRefusal): Refused {
  return new Refused('payout_refused', { errors: [{ path: '', code }] });
}

/** Payouts on their way: prepared from approved claims, exported, and booked or failed; each step once. */
export function createPayoutDesk(context: Context) {
  const { stores, payouts: methods } = context;
  const desk = createMoneyDesk(context);

  async function batchOf(site: string, id: string): Promise<PayoutBatch> {
    const batch = await stores.payouts.batch(site, id);
    if (batch === null) throw new Refused('unknown_payout');
    return batch;
  }

  function methodOf(id: string): PayoutMethod {
    const method = methods.get(id);
    if (method === undefined) throw payoutRefused('unknown_method');
    return method;
  }

  /** `dryRun`: only says what the batch would hold. */
  async function prepare(
    asked: Asked,
    wish: { readonly method: string; readonly incident?: string; readonly claims?: readonly string[] },
    dryRun = false,
  ) {
    const method = methodOf(wish.method);
    const decide = async (ground: Ground) => {
      const { site, by } = asked;
      const named = wish.claims === undefined ? null : await stores.claims.byIds(site, wish.claims);
      const { incident } = wish;
      const query = { site, states: ['approved'] as const, unpaidOnly: true };
      const wanted =
        named ?? (await claimsOf(stores, { ...query, ...(incident === undefined ? {} : { incident }) }));
      const persons = await payeesOf(site, wanted);
      const id = `p-${randomBytes(9).toString('hex')}`;
      const skipped: { claim: string; reason: string }[] = [];
      const claims: { stored: StoredClaim; claim: Claim }[] = [];
      const made: Payout[] = [];
      for (const stored of wanted.slice(0, CLAIMS_MAX)) {
        const person = persons.people.get(stored.claim.premises)?.person ?? null;
        const payout = `${id}-${String(made.length + 1).padStart(4, '0')}`;
        const next = advance(stored.claim, { event: 'prepare', by, at: ground.at, payout }, ground.settings);
        const accountless = method.needsAccount && (person === null || !persons.accounts.has(person));
        if (isRefused(next) || accountless) {
          skipped.push({ claim: stored.claim.id, reason: isRefused(next) ? next.refused : 'no_account' });
          continue;
        }
        claims.push({ stored, claim: next });
        made.push(
          payoutOf(next, {
            id: payout,
            batch: id,
            person: method.needsAccount ? person : null,
            at: ground.at,
          }),
        );
      }
      if (made.length === 0) throw payoutRefused('nothing_to_pay');
      const control = method.controlOf(made);
      const batch: PayoutBatch = {
        id,
        site,
        method: method.id,
        currency: ground.currency,
        control,
        preparedBy: by,
        preparedAt: ground.at,
        exportedAt: null,
        cancelledAt: null,
      };
      const answer = { batch: id, control, skipped };
      return {
        claims,
        batch,
        payouts: made.map((payout) => ({ payout, was: null })),
        audit: { action: 'payout.prepare', subject: id, detail: { method: method.id, control } },
        answer,
      };
    };
    return dryRun ? desk.rehearse(asked.site, decide) : desk.run(asked, decide);
  }

  async function payeesOf(site: string, claims: readonly StoredClaim[]) {
    const people = await stores.payouts.owners(site, [...new Set(claims.map(({ claim }) => claim.premises))]);
    const accounts = await stores.payouts.accounts(site, [
      ...new Set([...people.values()].map(({ person }) => person)),
    ]);
    return { people, accounts };
  }

  /** Money is under way from here on. Asked again it changes nothing. */
  async function exportBatch(asked: Asked, id: string): Promise<PayoutBatch> {
    await desk.run(asked, async (ground) => {
      const batch = await batchOf(asked.site, id);
      if (batch.cancelledAt !== null) throw payoutRefused('cancelled');
      const nothing = {
        audit: { action: 'payout.export', subject: id, detail: { again: true } },
        answer: id,
      };
      if (batch.exportedAt !== null) return nothing;
      const detail = { method: batch.method, control: batch.control };
      return {
        ...(await exported(asked, ground, id)),
        batch: { ...batch, exportedAt: ground.at },
        audit: { action: 'payout.export', subject: id, detail },
        answer: id,
      };
    });
    return batchOf(asked.site, id);
  }

  async function exported(
    asked: Asked,
    ground: Ground,
    id: string,
  ): Promise<Pick<Decision, 'payouts' | 'entries'>> {
    const payouts = await stores.payouts.payouts(asked.site, id);
    const claims = await claimsById(asked.site, payouts);
    const told = { at: ground.at, by: asked.by, year: ground.yearOf(ground.at) };
    return {
      payouts: payouts.map((payout) => {
        return { payout: { ...payout, state: 'exported', changedAt: ground.at }, was: 'prepared' };
      }),
      entries: payouts.map((payout) =>
        entryOfPayout(payout, claimIn(claims, payout).claim, 'exported', told),
      ),
    };
  }

  async function cancel(asked: Asked, id: string): Promise<PayoutBatch> {
    await desk.run(asked, async ({ at, settings }) => {
      const batch = await batchOf(asked.site, id);
      if (batch.exportedAt !== null) throw payoutRefused('exported_already');
      if (batch.cancelledAt !== null) throw payoutRefused('cancelled');
      const payouts = await stores.payouts.payouts(asked.site, id);
      const claims = await claimsById(asked.site, payouts);
      return {
        batch: { ...batch, cancelledAt: at },
        payouts: payouts.map((payout) => {
          return {
            payout: { ...payout, state: 'failed', reason: 'cancelled', changedAt: at },
            was: 'prepared',
          };
        }),
        claims: payouts.map((payout) => {
          const stored = claimIn(claims, payout);
          return {
            stored,
            claim: taken(advance(stored.claim, { event: 'release', by: asked.by, at }, settings)),
          };
        }),
        audit: { action: 'payout.cancel', subject: id, detail: { control: batch.control } },
        answer: id,
      };
    });
    return batchOf(asked.site, id);
  }

  /** What came back, row by row; rows that were read before change nothing. `dryRun`: only says what it would come to. */
  async function settle(asked: Asked, id: string, rows: readonly Settled[], dryRun = false) {
    const decide = async (ground: Ground) => {
      const batch = await batchOf(asked.site, id);
      if (batch.cancelledAt !== null) throw payoutRefused('cancelled');
      if (batch.exportedAt === null) throw payoutRefused('not_exported');
      const payouts = new Map((await stores.payouts.payouts(asked.site, id)).map((one) => [one.id, one]));
      const open = rows.flatMap((row) => {
        const payout = payouts.get(row.id);
        if (payout === undefined) throw payoutRefused('not_in_batch');
        return payout.state === 'exported' ? [{ row, payout }] : [];
      });
      const claims = await claimsById(
        asked.site,
        open.map(({ payout }) => payout),
      );
      const told = { at: ground.at, by: asked.by, year: ground.yearOf(ground.at) };
      const settled = open.map(({ row, payout }) => {
        const receipt = row.outcome === 'booked' ? row.receipt : null;
        const reason = row.outcome === 'failed' ? row.reason : null;
        return { ...payout, state: row.outcome, receipt, reason, changedAt: ground.at };
      });
      const booked = settled.filter(({ state }) => state === 'booked');
      const payments = await paymentsOf(asked.site, booked);
      const answer = {
        booked: booked.length,
        failed: settled.length - booked.length,
        already: rows.length - open.length,
        total_minor: booked.reduce((sum, { amount_minor }) => sum + amount_minor, 0),
      };
      return {
        payouts: settled.map((payout) => ({ payout, was: 'exported' as const })),
        claims: settled.map((payout) => {
          const stored = claimIn(claims, payout);
          const payment = payments.get(payout.incident) ?? 1;
          const told = { by: asked.by, at: ground.at, reason: payout.receipt ?? payout.reason ?? '' };
          const command: ClaimCommand =
            payout.state === 'booked' ? { ...told, event: 'pay', payment } : { ...told, event: 'release' };
          return { stored, claim: taken(advance(stored.claim, command, ground.settings)) };
        }),
        entries: settled.map((payout) => {
          const kind = payout.state === 'booked' ? 'booked' : 'failed';
          return entryOfPayout(payout, claimIn(claims, payout).claim, kind, told);
        }),
        notices: await creditsOwed(asked.site, booked, payments, ground.at),
        audit: { action: 'payout.result', subject: id, detail: { ...answer, control: batch.control } },
        answer,
      };
    };
    return dryRun ? desk.rehearse(asked.site, decide) : desk.run(asked, decide);
  }

  /** The number of this payment among those of each incident. */
  async function paymentsOf(site: string, booked: readonly Payout[]): Promise<ReadonlyMap<string, number>> {
    const numbers = new Map<string, number>();
    for (const incident of new Set(booked.map((one) => one.incident))) {
      const paid = await claimsOf(stores, { site, incident, states: ['paid', 'appealed', 'reversed'] });
      numbers.set(incident, 1 + Math.max(0, ...paid.map(({ claim }) => claim.payment ?? 0)));
    }
    return numbers;
  }

  /** One message a person, incident and payment, however many premises it is for. */
  async function creditsOwed(
    site: string,
    booked: readonly Payout[],
    payments: ReadonlyMap<string, number>,
    at: number,
  ): Promise<NonNullable<Decision['notices']>> {
    const owners = await stores.payouts.owners(site, [...new Set(booked.map(({ premises }) => premises))]);
    return [...payments].flatMap(([incident, payment]) => {
      const people = new Map<string, string[]>();
      for (const { premises, incident: of } of booked) {
        const phone = owners.get(premises)?.phone ?? null;
        if (of !== incident || phone === null) continue;
        people.set(phone, [...(people.get(phone) ?? []), premises]);
      }
      return creditedOwed({ incident, payment, people }, at);
    });
  }

  async function claimsById(
    site: string,
    payouts: readonly Payout[],
  ): Promise<ReadonlyMap<string, StoredClaim>> {
    const stored = await stores.claims.byIds(
      site,
      payouts.map(({ claim }) => claim),
    );
    return new Map(stored.map((one) => [one.claim.id, one]));
  }

  return { batchOf, methodOf, prepare, exportBatch, cancel, settle, payeesOf };
}

function claimIn(claims: ReadonlyMap<string, StoredClaim>, { claim, id }: Payout): StoredClaim {
  const stored = claims.get(claim);
  if (stored === undefined) throw new Error(`payout ${id} pays a claim that does not exist`);
  return stored;
}

function payoutOf(
  claim: Claim,
  told: { readonly id: string; readonly batch: string; readonly person: string | null; readonly at: number },
): Payout {
  const { site, incident, premises, amount_minor } = claim;
  const { at: changedAt, ...rest } = told;
  return {
    ...rest,
    site,
    claim: claim.id,
    incident,
    premises,
    amount_minor,
    state: 'prepared',
    receipt: null,
    reason: null,
    changedAt,
  };
}
