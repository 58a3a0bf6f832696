import { advance } from '../../core/claims/advance.ts';
import type { Claim } from '../../core/claims/claim.ts';
import { forward } from '../../core/claims/renew.ts';
import { localDate } from '../../core/units/calendar.ts';
import { type Context, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { claimsOf } from './incident-claims.ts';
import { createMoneyDesk, taken } from './money-desk.ts';

/** Whoever has shown that they own premises, such as by the link in a message. */
export interface OwnerOf {
  readonly site: string;
  readonly premises: readonly string[];
  /** Person id. */
  readonly person: string;
}

/** An owner's side of claims: see them, apply, appeal. Nothing of another premises can be seen or touched. */
export interface OwnerClaims {
  list(owner: OwnerOf): Promise<readonly Claim[]>;
  /** Applies for what is owed on application only; refuses with `claim_refused`. */
  apply(owner: OwnerOf, claim: string): Promise<Claim>;
  /** Against a rejection, or an amount that was paid; refuses with `claim_refused`. */
  appeal(owner: OwnerOf, claim: string, reason: string): Promise<Claim>;
}

export function createOwnerClaims(context: Context): OwnerClaims {
  const desk = createMoneyDesk(context);

  async function change(
    owner: OwnerOf,
    id: string,
    action: 'claim.apply' | 'claim.appeal',
    next: (claim: Claim, ground: Parameters<Parameters<typeof desk.run>[1]>[0]) => Claim,
  ): Promise<Claim> {
    const asked = { site: owner.site, by: owner.person, key: null, about: id };
    return desk.run(asked, async (ground) => {
      const stored = await desk.claimOf(owner.site, id);
      if (!owner.premises.includes(stored.claim.premises)) throw new Refused('unknown_claim');
      const claim = next(stored.claim, ground);
      return {
        claims: [{ stored, claim }],
        audit: { action, subject: id, detail: { state: claim.state } },
        answer: claim,
      };
    });
  }

  return {
    async list({ site, premises }) {
      const lists = await Promise.all(
        premises.map((one) => claimsOf(context.stores, { site, premises: [one] })),
      );
      return lists.flat().map(({ claim }) => claim);
    },

    apply(owner, id) {
      const { timeZone } = siteOf(context, owner.site).site.site;
      return change(owner, id, 'claim.apply', (claim, { settings, at }) => {
        const command = { event: 'apply', by: owner.person, at, date: localDate(at, timeZone) } as const;
        return forward(taken(advance(claim, command, settings)), settings, at);
      });
    },

    appeal(owner, id, reason) {
      return change(owner, id, 'claim.appeal', (claim, { settings, at }) => {
        return taken(advance(claim, { event: 'appeal', by: owner.person, at, reason }, settings));
      });
    },
  };
}
