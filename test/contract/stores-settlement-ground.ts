import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { standingFacts } from '../../core/compensation/case-facts.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { changesOf, incidentOf, interruptionOf, line, T0 } from './stores-builders.ts';

const ground = (at: number, reason = 'bill') => ({ reason, by: 'u1', at });

/** What every implementation promises about facts, attributions and uploaded schemes. */
export function describeSettlementGround(
  under: () => { readonly stores: Stores; readonly all: readonly Stores[] },
): void {
  const newSite = (): string => `s-${randomUUID()}`;

  describe('facts', () => {
    it('are only added: the last line of a subject, name and date stands, null takes back', async () => {
      const { facts, events } = under().stores;
      const site = newSite();
      const fee = { subject: 'premises/1', name: 'monthly_fee', from: '2026-01-01' };
      await facts.add(
        site,
        [
          { ...fee, value: '280' },
          { ...fee, from: '2026-03-01', value: '300' },
        ],
        ground(T0),
      );
      await facts.add(site, [{ ...fee, value: '281.50' }], ground(T0 + 1, 'misread'));
      await facts.add(site, [{ ...fee, from: '2026-03-01', value: null }], ground(T0 + 2));
      const lines = await facts.about(site, ['premises/1', 'site']);
      expect(lines.map(({ value }) => value)).toEqual(['280', '300', '281.50', null]);
      expect(standingFacts(lines).get('premises/1')?.get('monthly_fee')).toEqual([
        { from: '2026-01-01', value: '281.50' },
      ]);
      const rows = await events.read(site, 0, 10);
      expect(rows.map(({ type, body }) => [type, body])).toEqual([
        ['facts', { subjects: ['premises/1'], from: '2026-01-01' }],
        ['facts', { subjects: ['premises/1'], from: '2026-01-01' }],
        ['facts', { subjects: ['premises/1'], from: '2026-03-01' }],
      ]);
    });

    it('are listed newest first, page by page, by subject and name, within their site', async () => {
      const { facts } = under().stores;
      const site = newSite();
      const many = Array.from({ length: 700 }, (_, i) => {
        return { subject: `premises/${i}`, name: 'area', from: '2026-01-01', value: String(i) };
      });
      await facts.add(site, many, ground(T0));
      const about = await facts.about(
        site,
        many.map(({ subject }) => subject),
      );
      expect(about).toHaveLength(700);
      const first = await facts.lines(site, { limit: 3 });
      expect(first.map(({ value }) => value)).toEqual(['699', '698', '697']);
      const before = first.at(-1)?.id ?? '';
      expect((await facts.lines(site, { before, limit: 1 }))[0]).toMatchObject({ value: '696', by: 'u1' });
      expect(await facts.lines(site, { subject: 'premises/7', name: 'area', limit: 9 })).toHaveLength(1);
      expect(await facts.lines(site, { name: 'other', limit: 9 })).toEqual([]);
      expect(await facts.lines(newSite(), { limit: 9 })).toEqual([]);
    });
  });

  describe('attributions', () => {
    it('stand in the ledger as corrections and in the interruptions, the last word first', async () => {
      const { stores } = under();
      const site = newSite();
      const epoch = (await stores.leases.acquire(site, 'ingest-1', 60_000)) ?? 0;
      const causes = [{ incident: 'i1', from: T0, to: null }];
      const one = interruptionOf('x1', { causes });
      const other = interruptionOf('x2', { causes });
      const changes = changesOf({
        incidents: [incidentOf('i1')],
        ledger: [line('opened', one, T0), line('opened', other, T0)],
      });
      await stores.incidents.apply({ site, epoch, position: 1, at: T0, changes });
      const say = (attribution: 'utility' | 'owner', interruption: string | null, at: number) =>
        stores.attributions.add(site, {
          incident: 'i1',
          interruption,
          attribution,
          cause: 'cable dug up',
          reason: 'letter of the utility',
          evidence: [{ title: 'letter', sha256: 'a'.repeat(64) }],
          evidenceHash: 'b'.repeat(64),
          by: 'u1',
          at,
        });
      await say('utility', null, T0 + 10);
      const ofOne = await say('owner', 'x2', T0 + 20);
      expect(await stores.attributions.ofIncidents(site, ['i1', 'i2'])).toMatchObject([
        { interruption: null },
        ofOne,
      ]);
      const read = await stores.incidents.interruptions({ site, limit: 10 });
      expect(read.map(({ id, causes: [cause] }) => [id, cause?.attribution, cause?.cause])).toEqual([
        ['x1', 'utility', 'cable dug up'],
        ['x2', 'owner', 'cable dug up'],
      ]);
      const ledger = await stores.incidents.ledger(site, 'x2');
      expect(ledger.map(({ type, body }) => [type, body.causes[0]?.attribution])).toEqual([
        ['opened', undefined],
        ['corrected', 'utility'],
        ['corrected', 'owner'],
      ]);
      expect(ledger.at(-1)?.reason).toContain('b'.repeat(64));
      const rows = await stores.events.read(site, 0, 50);
      expect(rows.filter(({ type }) => type === 'attribution').map(({ body }) => body)).toEqual([
        { incident: 'i1' },
        { incident: 'i1' },
      ]);
    });
  });

  describe('uploaded schemes', () => {
    it('are never overwritten, not even by two at once', async () => {
      const { stores, all } = under();
      const id = `scheme-${randomUUID()}`;
      const scheme = { id, revision: 2, file: { id, n: 1 }, hash: 'h', reason: 'new year', by: 'u1', at: T0 };
      const tries = await Promise.allSettled(
        Array.from({ length: 4 }, (_, i) => (all[i % all.length] ?? stores).schemes.add(scheme)),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'already_exists' },
      });
      expect(await stores.schemes.get(id, 2)).toEqual(scheme);
      expect(await stores.schemes.get(id, 1)).toBeNull();
      const listed = (await stores.schemes.list()).filter((one) => one.id === id);
      expect(listed).toEqual([{ id, revision: 2, hash: 'h', reason: 'new year', by: 'u1', at: T0 }]);
    });
  });

  it('estimates that could not be computed are found page by page', async () => {
    const { estimates } = under().stores;
    const site = newSite();
    const estimate = (premises: string, refused: boolean) => ({
      site,
      incident: 'i1',
      premises,
      scheme: 'x',
      state: 'running' as const,
      minutes: 1,
      amount_minor: 0,
      currency: 'CNY',
      trace: [],
      refused: refused ? [{ path: 'premises/monthly_fee', code: 'missing_input' }] : null,
      at: T0,
    });
    await estimates.put(['1', '2', '3', '4'].map((one) => estimate(one, one !== '2')));
    const first = await estimates.refused(site, { limit: 2 });
    expect(first.map(({ premises }) => premises)).toEqual(['1', '3']);
    const after = { incident: 'i1', premises: '3' };
    expect((await estimates.refused(site, { after, limit: 2 })).map(({ premises }) => premises)).toEqual([
      '4',
    ]);
  });
}
