import type { Claim } from '../../core/claims/claim.ts';
import type { Role } from '../../core/ports/people.ts';
import { type ApiWorld, type Hand, incidentAt, openApiWorld } from './api-world.ts';
import { CLAIMS_AT, claimOf, moneyWrite } from './claims.ts';

export type ClaimsWorld = Awaited<ReturnType<typeof openClaimsWorld>>;

/** The API with a closed incident `i1` of site `s1`, and people who may decide about money. */
export async function openClaimsWorld() {
  const world: ApiWorld = await openApiWorld();
  world.now.at = CLAIMS_AT;
  const epoch = (await world.stores.leases.acquire('s1', 'test', 600_000)) ?? 0;
  const minutes = {
    onset: CLAIMS_AT - 600 * 60_000,
    restoredAt: CLAIMS_AT,
    closedAt: CLAIMS_AT,
    state: 'restored' as const,
  };
  await world.stores.incidents.apply({
    site: 's1',
    position: 1,
    epoch,
    at: CLAIMS_AT,
    changes: {
      incidents: [
        incidentAt('i1', minutes.onset, { ...minutes, onsetEarliest: minutes.onset, affected: [] }),
      ],
      ledger: [],
      notices: [],
    },
  });
  const hire = (role: Role) => world.hire(role, 'all');
  const hands = {
    finance: await hire('finance'),
    finance2: await hire('finance'),
    manager: await hire('manager'),
    admin: await hire('admin'),
    auditor: await hire('auditor'),
    engineer: await hire('engineer'),
  };
  let keys = 0;

  return {
    ...world,
    hands,
    newKey: () => `key-${String(++keys).padStart(6, '0')}`,
    async put(...claims: readonly Claim[]) {
      const outcome = await world.stores.money.commit(
        moneyWrite('s1', {
          settingsVersion: (await world.stores.money.settings('s1')).version,
          claims: claims.map((claim) => ({ claim, version: 0 })),
        }),
      );
      if (outcome !== 'done') throw new Error(outcome);
    },
    async post(by: Hand, path: string, payload: object = {}, key = `key-${String(++keys).padStart(6, '0')}`) {
      const answer = await world.ask({
        by,
        method: 'POST',
        url: `/api/v1/sites/s1/${path}`,
        headers: { 'idempotency-key': key },
        payload,
      });
      return { status: answer.statusCode, body: answer.json() };
    },
    async get(by: Hand, path: string) {
      const answer = await world.ask({ by, method: 'GET', url: `/api/v1/sites/s1/${path}` });
      return { status: answer.statusCode, body: answer.json() };
    },
    fund: (amount = '1000.00') => ({ amount: { amount, currency: 'CNY' }, reference: 'receipt 7' }),
    claims: (count: number, over: Partial<Claim> = {}) =>
      Array.from({ length: count }, (_, i) => claimOf({ premises: String(i + 1), ...over })),
  };
}
