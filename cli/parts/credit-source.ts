import type { CreditSource } from '../../core/ports/credit-source.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { addMoney, type Money, money } from '../../core/units/money.ts';

/** Claims of one premises and incident that are looked at: one and its differences. */
const CLAIMS = 100;

/** What a payment credited, from the claims it paid. */
export function createCreditSource({ claims }: Pick<Stores, 'claims'>): CreditSource {
  return {
    async credited(site, incident, premises, payment) {
      let sum: Money | null = null;
      for (const one of premises) {
        for (const { claim } of await claims.list({ site, incident, premises: [one], limit: CLAIMS })) {
          if (claim.payment !== payment || claim.state === 'reversed') continue;
          const amount = money(claim.amount_minor, claim.currency);
          sum = sum === null ? amount : addMoney(sum, amount);
        }
      }
      return sum;
    },
  };
}
