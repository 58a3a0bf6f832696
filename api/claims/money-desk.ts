import { createHash } from 'node:crypto';
import { type Refused as ClaimRefused, isRefused } from '../../core/claims/advance.ts';
import type { Claim } from '../../core/claims/claim.ts';
import type { Refusal } from '../../core/claims/guards.ts';
import type { ClaimSettings } from '../../core/claims/settings.ts';
import { entriesOfClaim } from '../../core/fund/entries-of-claim.ts';
import type { FundEntry } from '../../core/fund/entry.ts';
import type { MoneyOutcome, MoneyWrite, StoredClaim } from '../../core/ports/money-store.ts';
import { localDate } from '../../core/units/calendar.ts';
import type { Instant } from '../../core/units/time.ts';
import { type Context, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';

/** Times a decision is made anew because somebody else decided meanwhile. */
const ATTEMPTS = 20;

/** Who asks for a change of money, and by which key it is known when asked again. */
export interface Asked {
  readonly site: string;
  readonly by: string;
  readonly key: string | null;
  /** All that the key stands for: the same key for something else is refused. */
  readonly about: unknown;
}

export interface Decision {
  readonly claims?: readonly { readonly stored: StoredClaim; readonly claim: Claim }[];
  /** New claims beside those that change. */
  readonly opened?: readonly Claim[];
  readonly entries?: readonly FundEntry[];
  readonly batch?: MoneyWrite['batch'];
  readonly payouts?: MoneyWrite['payouts'];
  readonly notices?: MoneyWrite['notices'];
  readonly audit: { readonly action: string; readonly subject: string; readonly detail: unknown };
  readonly answer: unknown;
}

export interface Ground {
  readonly settings: ClaimSettings;
  readonly at: Instant;
  readonly currency: string;
  yearOf(at: Instant): number;
}

export type MoneyDesk = ReturnType<typeof createMoneyDesk>;

/** Decides about money: what is read, decided and written happens once, whoever else decides at the same time. */
export function createMoneyDesk(context: Pick<Context, 'stores' | 'clock' | 'sites'> & Context) {
  const { money } = context.stores;

  async function repeated({ site, key }: Asked, fingerprint: string): Promise<{ answer: unknown } | null> {
    const known = key === null ? null : await money.request(site, key);
    if (known === null) return null;
    if (known.fingerprint !== fingerprint) throw new Refused('idempotency_key_reused');
    return known;
  }

  /** `decide` is asked again, on what is stored by then, until nothing has changed under it. */
  async function run<Answer>(
    asked: Asked,
    decide: (ground: Ground) => Promise<Decision & { answer: Answer }>,
  ): Promise<Answer> {
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([asked.by, asked.about]))
      .digest('hex');
    const { timeZone, currency } = siteOf(context, asked.site).site.site;
    const yearOf = (at: Instant) => Number(localDate(at, timeZone).slice(0, 4));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await repeated(asked, fingerprint);
      // What was kept under this key came from this very function.
      if (before !== null) return before.answer as Answer;
      const at = context.clock.now();
      const { settings, version } = await money.settings(asked.site);
      const decision = await decide({ settings, at, currency, yearOf });
      const year = yearOf(at);
      const outcome = await money.commit({
        site: asked.site,
        at,
        settingsVersion: version,
        request: asked.key === null ? null : { key: asked.key, fingerprint, answer: decision.answer },
        claims: [
          ...(decision.claims ?? []).map(({ stored, claim }) => ({ claim, version: stored.version })),
          ...(decision.opened ?? []).map((claim) => ({ claim, version: 0 })),
        ],
        entries: [
          ...(decision.claims ?? []).flatMap(({ stored, claim }) =>
            entriesOfClaim(stored.claim, claim, yearOf),
          ),
          ...(decision.entries ?? []),
        ],
        bounds: {
          limit_minor: settings.fundLimit_minor,
          year,
          budget_minor: settings.budgets_minor[String(year)] ?? null,
        },
        batch: decision.batch ?? null,
        payouts: decision.payouts ?? [],
        audit: [{ site: asked.site, at, by: asked.by, ...decision.audit }],
        notices: decision.notices ?? [],
      });
      refuse(outcome);
      if (outcome === 'done') {
        context.bus.publish('events', { site: asked.site, seq: 0 });
        return decision.answer;
      }
    }
    throw new Refused('overloaded', { retryAfter_s: 1 });
  }

  /** What `decide` would come to now; nothing is kept. */
  async function rehearse<Answer>(
    site: string,
    decide: (ground: Ground) => Promise<Decision & { answer: Answer }>,
  ): Promise<Answer> {
    const { timeZone, currency } = siteOf(context, site).site.site;
    const { settings } = await money.settings(site);
    const yearOf = (at: Instant) => Number(localDate(at, timeZone).slice(0, 4));
    return (await decide({ settings, at: context.clock.now(), currency, yearOf })).answer;
  }

  async function claimOf(site: string, id: string): Promise<StoredClaim> {
    const stored = await context.stores.claims.get(site, id);
    if (stored === null) throw new Refused('unknown_claim');
    return stored;
  }

  return { run, rehearse, claimOf };
}

export function taken(outcome: Claim | ClaimRefused): Claim {
  if (isRefused(outcome)) throw claimRefused(outcome.refused);
  return outcome;
}

export function claimRefused(code: Refusal): Refused {
  return new Refused('claim_refused', { errors: [{ path: '', code }] });
}

function refuse(outcome: MoneyOutcome): void {
  if (outcome === 'fund_limit') throw new Refused('fund_limit');
  if (outcome === 'budget') throw new Refused('budget_exceeded');
}
