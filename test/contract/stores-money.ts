import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { advance, approve, isRefused } from '../../core/claims/advance.ts';
import type { Claim } from '../../core/claims/claim.ts';
import { CLAIM_DEFAULTS } from '../../core/claims/settings.ts';
import { entriesOfClaim } from '../../core/fund/entries-of-claim.ts';
import { checkedEntry, type FundEntry, moved, reversalOf } from '../../core/fund/entry.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { CLAIMS_AT, claimOf, moneyWrite } from '../support/claims.ts';

/** What every implementation promises about claims, the fund and payouts. */
export function describeMoney(
  under: () => {
    readonly stores: Stores;
    readonly all: readonly Stores[];
    tamper(sql: string): Promise<void>;
  },
): void {
  const yearOf = () => 2026;
  const newSite = (): string => `s-${randomUUID()}`;

  function contribution(site: string, minor: number, key = 'contribution/1'): FundEntry {
    return checkedEntry({
      site,
      key,
      kind: 'contribution',
      at: CLAIMS_AT,
      by: 'u1',
      currency: 'CNY',
      claim: null,
      evidence: 'r',
      memo: 'receipt 1',
      reverses: null,
      year: 2026,
      budget_minor: 0,
      postings: moved('contributions', 'fund', minor),
    });
  }

  async function funded(minor: number, claims: readonly Claim[] = []): Promise<string> {
    const site = claims[0]?.site ?? newSite();
    const write = moneyWrite(site, {
      claims: claims.map((claim) => ({ claim, version: 0 })),
      entries: [contribution(site, minor)],
    });
    expect(await under().stores.money.commit(write)).toBe('done');
    return site;
  }

  function approved(claim: Claim, by = 'u1') {
    const next = approve(claim, { by, role: 'finance', at: CLAIMS_AT }, CLAIM_DEFAULTS);
    if (isRefused(next)) throw new Error(next.refused);
    const entries = entriesOfClaim(claim, next, yearOf);
    return moneyWrite(claim.site, { claims: [{ claim: next, version: 1 }], entries });
  }

  describe('money', () => {
    it('keeps a decision whole: claim, postings, audit line and event row', async () => {
      const { stores } = under();
      const claim = claimOf({ site: newSite() });
      const site = await funded(10_000, [claim]);
      const audit = [
        { site, at: CLAIMS_AT, by: 'u1', action: 'claim.approve', subject: claim.id, detail: { a: 1 } },
      ];
      expect(await stores.money.commit({ ...approved(claim), audit })).toBe('done');
      expect(await stores.claims.get(site, claim.id)).toMatchObject({
        claim: { state: 'approved' },
        version: 2,
      });
      expect(await stores.fund.balance(site, 'fund')).toBe(10_000 - 1_448);
      expect(await stores.fund.balance(site, 'owner:1')).toBe(1_448);
      expect(await stores.fund.used(site, 2026)).toBe(1_448);
      expect(await stores.audit.list(site, { limit: 10 })).toMatchObject([
        { action: 'claim.approve', seq: 1 },
      ]);
      expect(await stores.audit.verify(site)).toBeNull();
      const rows = await stores.events.read(site, 0, 10);
      expect(rows.map(({ type }) => type)).toEqual(['claim', 'claim']);
      expect(await stores.fund.verify(site)).toMatchObject({
        entries: 2,
        postings: 4,
        sum_minor: 0,
        faults: [],
      });
    });

    it('lets one of many decisions at once through; the others store nothing', async () => {
      const { stores, all } = under();
      const claim = claimOf({ site: newSite() });
      const site = await funded(10_000, [claim]);
      const tries = Array.from({ length: 8 }, (_, i) =>
        (all[i % all.length] ?? stores).money.commit(approved(claim, `u${i}`)),
      );
      const outcomes = await Promise.all(tries);
      expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
      expect(outcomes.filter((one) => one === 'conflict')).toHaveLength(7);
      expect(await stores.fund.balance(site, 'fund')).toBe(10_000 - 1_448);
    });

    it('never lets the fund below its limit, however many approve at once', async () => {
      const { stores, all } = under();
      const site = newSite();
      const claims = Array.from({ length: 8 }, (_, i) =>
        claimOf({ site, premises: String(i), amount_minor: 1_000 }),
      );
      await funded(3_500, claims);
      const bounds = { limit_minor: 500, year: 2026, budget_minor: null };
      const tries = claims.map((claim, i) =>
        (all[i % all.length] ?? stores).money.commit({ ...approved(claim), bounds }),
      );
      const outcomes = await Promise.all(tries);
      expect(outcomes.filter((one) => one === 'done')).toHaveLength(3);
      expect(outcomes.filter((one) => one === 'fund_limit')).toHaveLength(5);
      expect(await stores.fund.balance(site, 'fund')).toBe(500);
      expect((await stores.fund.verify(site)).faults).toEqual([]);
    });

    it('never lets a year beyond its budget, and gives back what is reversed', async () => {
      const { stores } = under();
      const site = newSite();
      const claims = ['1', '2'].map((premises) => claimOf({ site, premises, amount_minor: 1_000 }));
      const [first = claimOf(), second = claimOf()] = claims;
      await funded(9_000, claims);
      const bounds = { limit_minor: 0, year: 2026, budget_minor: 1_500 };
      expect(await stores.money.commit({ ...approved(first), bounds })).toBe('done');
      expect(await stores.money.commit({ ...approved(second), bounds })).toBe('budget');
      const held = await stores.claims.get(site, first.id);
      if (held === null) throw new Error('the claim is lost');
      const command = { event: 'reverse', by: 'u9', at: CLAIMS_AT, reason: 'entered twice' } as const;
      const reversed = advance(held.claim, command, CLAIM_DEFAULTS);
      if (isRefused(reversed)) throw new Error(reversed.refused);
      const entries = entriesOfClaim(held.claim, reversed, yearOf);
      const undo = moneyWrite(site, { claims: [{ claim: reversed, version: held.version }], entries });
      expect(await stores.money.commit(undo)).toBe('done');
      expect(await stores.fund.used(site, 2026)).toBe(0);
      expect(await stores.money.commit({ ...approved(second), bounds })).toBe('done');
      expect((await stores.fund.verify(site)).faults).toEqual([]);
    });

    it('does a request once and remembers its answer', async () => {
      const { stores } = under();
      const site = newSite();
      const request = { key: 'key-00001', fingerprint: 'f', answer: { entry: 1 } };
      const write = moneyWrite(site, { request, entries: [contribution(site, 100)] });
      expect(await stores.money.commit(write)).toBe('done');
      const again = { ...write, entries: [contribution(site, 100, 'contribution/2')] };
      expect(await stores.money.commit(again)).toBe('repeated');
      expect(await stores.money.request(site, 'key-00001')).toEqual({
        fingerprint: 'f',
        answer: { entry: 1 },
      });
      expect(await stores.fund.balance(site, 'fund')).toBe(100);
    });

    it('refuses an entry whose key is taken, one that is reversed twice, and one that does not sum to zero', async () => {
      const { stores } = under();
      const site = await funded(100);
      expect(await stores.money.commit(moneyWrite(site, { entries: [contribution(site, 100)] }))).toBe(
        'conflict',
      );
      const told = { at: CLAIMS_AT, by: 'u2', memo: 'typed wrong' };
      const undo = reversalOf(contribution(site, 100), { ...told, key: 'undo/1' });
      const undoAgain = reversalOf(contribution(site, 100), { ...told, key: 'undo/2' });
      expect(await stores.money.commit(moneyWrite(site, { entries: [undo] }))).toBe('done');
      expect(await stores.money.commit(moneyWrite(site, { entries: [undoAgain] }))).toBe('conflict');
      const broken = {
        ...contribution(site, 5, 'x'),
        postings: [{ account: 'fund' as const, amount_minor: 5 }],
      };
      await expect(stores.money.commit(moneyWrite(site, { entries: [broken] }))).rejects.toThrow(
        'sum to zero',
      );
    });

    it('decides by the settings it read, or not', async () => {
      const { stores } = under();
      const site = await funded(100);
      expect(await stores.money.settings(site)).toEqual({ settings: CLAIM_DEFAULTS, version: 0 });
      const settings = { ...CLAIM_DEFAULTS, fundLimit_minor: 50 };
      expect(await stores.money.putSettings(site, settings, CLAIMS_AT, 0)).toBe(1);
      await expect(stores.money.putSettings(site, settings, CLAIMS_AT, 0)).rejects.toMatchObject({
        code: 'version_conflict',
      });
      const more = moneyWrite(site, { entries: [contribution(site, 1, 'contribution/9')] });
      expect(await stores.money.commit(more)).toBe('conflict');
      expect(await stores.money.commit({ ...more, settingsVersion: 1 })).toBe('done');
    });

    it('finds what was changed behind its back', async () => {
      const { stores, tamper } = { ...under() };
      const claim = claimOf({ site: newSite() });
      const site = await funded(10_000, [claim]);
      await stores.money.commit(approved(claim));
      await tamper(
        `update fund_posting set amount_minor = amount_minor + 1 where site = '${site}' and account = 'fund' and seq = 2`,
      );
      const { faults, sum_minor } = await stores.fund.verify(site);
      expect(sum_minor).toBe(1);
      expect(new Set(faults.map(({ code }) => code))).toEqual(
        new Set(['sum_not_zero', 'entry_not_zero', 'balance_differs', 'claim_not_reserved_once']),
      );
    });

    it('lists claims by what they are about, in pages', async () => {
      const { stores } = under();
      const site = newSite();
      const needs = [{ path: 'facts/x', code: 'missing_input' }];
      const claims = Array.from({ length: 450 }, (_, i) =>
        claimOf({
          site,
          premises: String(i),
          openedAt: CLAIMS_AT + (i % 7),
          ...(i === 3 ? { state: 'estimated', needs } : {}),
        }),
      );
      await funded(1, claims);
      const seen: string[] = [];
      for (let before: { at: number; id: string } | undefined; ; ) {
        const page = await stores.claims.list({
          site,
          limit: 100,
          ...(before === undefined ? {} : { before }),
        });
        seen.push(...page.map(({ claim }) => claim.id));
        const last = page.at(-1)?.claim;
        if (last === undefined) break;
        before = { at: last.openedAt, id: last.id };
      }
      expect(new Set(seen).size).toBe(450);
      expect(seen).toHaveLength(450);
      const waiting = await stores.claims.list({ site, needsInput: true, limit: 10 });
      expect(waiting.map(({ claim }) => claim.premises)).toEqual(['3']);
      expect(await stores.claims.byIds(site, seen)).toHaveLength(450);
      expect(await stores.claims.totals(site)).toEqual([
        { state: 'estimated', count: 1, sum_minor: 1_448 },
        { state: 'submitted', count: 449, sum_minor: 449 * 1_448 },
      ]);
      const of = async (premises: readonly string[]) => {
        const found = await stores.claims.list({ site, premises, limit: 10 });
        return found.map(({ claim }) => claim.premises).toSorted();
      };
      expect(await of(['3', '7'])).toEqual(['3', '7']);
      expect(await of([])).toEqual([]);
      expect(await stores.claims.totals(site, { premises: ['3', '7'] })).toMatchObject([
        { state: 'estimated', count: 1 },
        { state: 'submitted', count: 1 },
      ]);
      expect(await stores.claims.totals(site, { premises: [] })).toEqual([]);
      expect(await stores.claims.totals(site, { needsInput: true })).toHaveLength(1);
      expect(await stores.claims.waiting(site, 5)).toEqual([
        { incident: 'i1', count: 449, sum_minor: 449 * 1_448 },
      ]);
      expect(await stores.claims.waiting(newSite(), 5)).toEqual([]);
    });

    it('finds entries by kind and by the account they touch', async () => {
      const { stores } = under();
      const claim = claimOf({ site: newSite(), premises: '12' });
      const site = await funded(10_000, [claim]);
      expect(await stores.money.commit(approved(claim))).toBe('done');
      const kinds = async (query: { kind?: FundEntry['kind']; account?: string }) =>
        (await stores.fund.entries(site, { ...query, limit: 10 })).map(({ kind }) => kind);
      expect(await kinds({})).toEqual(['approved', 'contribution']);
      expect(await kinds({ kind: 'contribution' })).toEqual(['contribution']);
      expect(await kinds({ account: 'owner:12' })).toEqual(['approved']);
      expect(await kinds({ account: 'fund' })).toEqual(['approved', 'contribution']);
      expect(await kinds({ account: 'owner:12', kind: 'contribution' })).toEqual([]);
    });

    it('keeps bank accounts by person', async () => {
      const { stores } = under();
      const site = newSite();
      const account = { person: 'p1', holder: '王', bank: 'ICBC', number: '6222020200001234567' };
      await stores.payouts.putAccount(site, account, CLAIMS_AT);
      await stores.payouts.putAccount(site, { ...account, bank: 'CCB' }, CLAIMS_AT);
      expect((await stores.payouts.accounts(site, ['p1', 'p2'])).get('p1')).toEqual({
        ...account,
        bank: 'CCB',
      });
    });
  });
}
