import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestWrite } from '../../core/ports/incident-store.ts';
import type { Delivery } from '../../core/ports/outbox.ts';
import type { User } from '../../core/ports/people.ts';
import type { Stores } from '../../core/ports/stores.ts';
import {
  changesOf,
  incidentOf,
  interruptionOf,
  line,
  noticeOf,
  person,
  premisesOf,
  siteOf,
  T0,
} from './stores-builders.ts';
import { describeChannels } from './stores-channels.ts';
import { describeDispatches } from './stores-dispatch.ts';
import { describeMoney } from './stores-money.ts';
import { describeOwners } from './stores-owners.ts';
import { describeSettlementGround } from './stores-settlement-ground.ts';

/** After everything these tests owe. */
const FAR = T0 + 86_400_000;

/** One implementation under test, over a database nobody else uses. */
export interface StoresUnderTest {
  readonly stores: Stores;
  /** Stores of further processes on the same database; the same object where only one process may open it. */
  readonly others: readonly Stores[];
  /** Changes the database behind the stores' back. */
  tamper(sql: string): Promise<void>;
  /** Takes the database away, and gives it back. */
  breakDown(): Promise<void>;
  repair(): Promise<void>;
  close(): Promise<void>;
}

/** What every implementation of Stores promises. */
export function describeStores(name: string, open: () => Promise<StoresUnderTest>): void {
  describe(name, () => {
    let under: StoresUnderTest;
    let stores: Stores;
    let all: readonly Stores[];

    beforeAll(async () => {
      under = await open();
      stores = under.stores;
      all = [under.stores, ...under.others];
      await stores.migrate();
    }, 60_000);
    afterAll(() => under.close());

    /** A site nobody has used, held by an ingest. */
    async function heldSite(): Promise<{ site: string; epoch: number }> {
      const site = `s-${randomUUID()}`;
      const epoch = await stores.leases.acquire(site, 'ingest-1', 60_000);
      return { site, epoch: epoch ?? 0 };
    }

    function writeOf(held: { site: string; epoch: number }, position: number, change: object): IngestWrite {
      return { ...held, position, at: T0 + position, changes: changesOf(change) };
    }

    async function owe(...phones: readonly string[]): Promise<string> {
      const held = await heldSite();
      const notices = phones.map((phone) => noticeOf(phone));
      expect(await stores.incidents.apply(writeOf(held, 1, { notices }))).toBe('applied');
      return held.site;
    }

    /** Claims until nothing is due, for one site. */
    async function claimOf(site: string, holder = 'a', now = T0 + 10_000) {
      const claimed = await stores.outbox.claim(holder, now, 10_000);
      return claimed.filter(({ delivery }) => delivery.site === site);
    }

    describeDispatches(() => ({ stores, all }));
    describeMoney(() => ({ stores, all, tamper: (sql) => under.tamper(sql) }));
    describeSettlementGround(() => ({ stores, all }));
    describeOwners(() => ({ stores, all }));
    describeChannels(() => ({ stores, all }));

    it('says which database it is', async () => {
      expect(await stores.ready()).toMatch(/^(SQLite|PostgreSQL) \d/);
    });

    it('migrates again without change, from several processes at once', async () => {
      await Promise.all(all.map((one) => one.migrate()));
    });

    describe('sites', () => {
      it('gives back the site with its people, and the file with unknown keys', async () => {
        const id = `s-${randomUUID()}`;
        const site = siteOf(id, [premisesOf('1201', person('+8613800000001')), premisesOf('1202', null)]);
        const file = {
          site: { id, note: 'kept' },
          premises: [
            { id: '1201', owner: { phone: '+8613800000001', name: '王芳', wechat: 'w1' } },
            { id: '1202' },
          ],
        };
        expect(await stores.sites.put(site, file, { by: 'u1', at: T0 })).toBe(1);
        expect(await stores.sites.get(id)).toEqual({ site, version: 1, savedAt: T0 });
        expect(await stores.sites.file(id, { people: true })).toEqual(file);
        expect(await stores.sites.file(id, { people: false })).toEqual({
          site: { id, note: 'kept' },
          premises: [{ id: '1201' }, { id: '1202' }],
        });
        expect(await stores.sites.list()).toContainEqual({
          id,
          name: '金文大厦',
          version: 1,
          simulated: false,
        });
        expect(await stores.events.read(id, 0, 10)).toMatchObject([{ seq: 1, type: 'site', body: { id } }]);
      });

      it('counts versions, refuses an edit of an old one, and lets only one of many edits win', async () => {
        const id = `s-${randomUUID()}`;
        const site = siteOf(id, []);
        const conflict = { name: 'StoreConflict', code: 'version_conflict' };
        await expect(stores.sites.put(site, {}, { by: 'u', at: T0, ifVersion: 1 })).rejects.toMatchObject(
          conflict,
        );
        await stores.sites.put(site, {}, { by: 'u', at: T0, ifVersion: 0 });
        await expect(stores.sites.put(site, {}, { by: 'u', at: T0, ifVersion: 0 })).rejects.toMatchObject(
          conflict,
        );
        const edits = await Promise.allSettled(
          Array.from({ length: 8 }, (_, i) =>
            (all[i % all.length] ?? stores).sites.put(site, {}, { by: 'u', at: T0, ifVersion: 1 }),
          ),
        );
        expect(edits.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect((await stores.sites.get(id))?.version).toBe(2);
        expect(await stores.events.head(id)).toBe(2);
      });

      it('keeps the id of a phone through renames, and forgets who moved out', async () => {
        const site = await owe('+8613800000002');
        const [before] = await stores.outbox.list({ site, limit: 1 });
        await stores.sites.put(
          siteOf(site, [premisesOf('1', person('+8613800000002', '李娜'))]),
          {},
          { by: 'u', at: T0 },
        );
        const [recipient] = await stores.outbox.recipients(site, [before?.recipient ?? '']);
        expect(recipient).toMatchObject({ name: '李娜', phone: '+8613800000002' });
        await stores.sites.put(siteOf(site, [premisesOf('1', null)]), {}, { by: 'u', at: T0 });
        expect((await stores.sites.get(site))?.site.premises[0]?.owner).toBeNull();
      });

      it('answers null for a site it does not have', async () => {
        expect(await stores.sites.get('nowhere')).toBeNull();
        expect(await stores.sites.file('nowhere', { people: true })).toBeNull();
      });
    });

    describe('credentials and quarantine', () => {
      it('replaces and removes a hash', async () => {
        expect(await stores.credentials.hashOf('s', 'm1')).toBeNull();
        await stores.credentials.set('s', 'm1', 'aa', T0);
        await stores.credentials.set('s', 'm1', 'bb', T0);
        expect(await stores.credentials.hashOf('s', 'm1')).toBe('bb');
        await stores.credentials.remove('s', 'm1');
        expect(await stores.credentials.hashOf('s', 'm1')).toBeNull();
      });

      it('counts repeats and holds at most 1,000, the one seen longest ago goes first', async () => {
        const note = (subject: string, at: number) =>
          stores.quarantine.note({
            subject,
            kind: 'unknown_device',
            address: '10.0.0.1',
            sample: 'x'.repeat(2_000),
            at,
          });
        await note('first', 1);
        await note('twice', 2);
        await note('twice', 5_000);
        for (let i = 0; i < 999; i++) await note(`n${i}`, 10 + i);
        const entries = await stores.quarantine.list();
        expect(entries).toHaveLength(1_000);
        expect(entries.map(({ subject }) => subject)).not.toContain('first');
        expect(entries[0]).toMatchObject({ subject: 'twice', count: 2, firstSeen: 2, lastSeen: 5_000 });
        expect(entries[0]?.sample).toHaveLength(1_024);
        await stores.quarantine.remove('twice');
        expect(await stores.quarantine.list()).toHaveLength(999);
      });
    });

    describe('applying what the engine changed', () => {
      it('writes incident, ledger, fold, deliveries and events in one go', async () => {
        const held = await heldSite();
        const first = interruptionOf('x1');
        const ended = interruptionOf('x1', { to: T0 + 60_000 });
        const incident = incidentOf('i1');
        const write = writeOf(held, 7, {
          incidents: [incident],
          ledger: [line('opened', first), line('closed', ended)],
          notices: [
            noticeOf('+8613800000003'),
            noticeOf('+8613800000004'),
            noticeOf('staff', { stage: 'opened' }),
          ],
        });
        expect(await stores.incidents.apply(write)).toBe('applied');
        expect(await stores.incidents.get(held.site, 'i1')).toEqual(incident);
        expect(await stores.incidents.interruptions({ site: held.site, limit: 10 })).toEqual([ended]);
        expect(await stores.incidents.ledger(held.site, 'x1')).toEqual(write.changes.ledger);

        const deliveries = await stores.outbox.list({ site: held.site, limit: 10 });
        expect(deliveries).toHaveLength(3);
        expect(deliveries.filter(({ audience }) => audience === 'staff')).toMatchObject([
          { recipient: 'staff', stage: 'opened', channel: 'sms', state: 'owed' },
        ]);
        const events = await stores.events.read(held.site, 0, 100);
        expect(events.map(({ type }) => type)).toEqual([
          'incident',
          'interruption',
          'interruption',
          'notice',
          'notice',
        ]);
        expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
        expect(events[0]?.body).toMatchObject({
          id: 'i1',
          onset: '2026-01-01T00:00:00.000Z',
          restoredAt: null,
        });
        expect(events[3]?.body).toMatchObject({ incident: 'i1', stage: 'lost', recipients: 2 });
        expect(JSON.stringify(events)).not.toContain('+86');
      });

      it('skips what it has applied already, whole', async () => {
        const held = await heldSite();
        const write = writeOf(held, 7, {
          incidents: [incidentOf('i1')],
          notices: [noticeOf('+8613800000005')],
        });
        expect(await stores.incidents.apply(write)).toBe('applied');
        expect(await stores.incidents.apply(write)).toBe('already');
        expect(await stores.incidents.apply({ ...write, position: 3 })).toBe('already');
        expect(await stores.events.head(held.site)).toBe(2);
        expect(await stores.incidents.apply({ ...write, position: 8 })).toBe('applied');
        expect(await stores.outbox.list({ site: held.site, limit: 10 })).toHaveLength(1);
      });

      it('refuses a writer whose lease went to another, and keeps nothing of it', async () => {
        const held = await heldSite();
        const write = writeOf(held, 1, { incidents: [incidentOf('i1')] });
        await stores.leases.release(held.site, 'ingest-1', held.epoch);
        const taken = await stores.leases.acquire(held.site, 'ingest-2', 60_000);
        expect(taken).toBe(held.epoch + 1);
        expect(await stores.incidents.apply(write)).toBe('lost_lease');
        expect(await stores.incidents.get(held.site, 'i1')).toBeNull();
        expect(await stores.events.head(held.site)).toBe(0);
        expect(await stores.incidents.apply({ ...write, epoch: taken ?? 0 })).toBe('applied');
      });

      it('fences a late writer even while the site changes hands', async () => {
        const held = await heldSite();
        await stores.leases.release(held.site, 'ingest-1', held.epoch);
        const outcomes = await Promise.all([
          stores.leases.acquire(held.site, 'ingest-2', 60_000),
          ...Array.from({ length: 20 }, (_, i) =>
            (all[i % all.length] ?? stores).incidents.apply(
              writeOf(held, i + 1, { incidents: [incidentOf(`i${i}`)] }),
            ),
          ),
        ]);
        expect(outcomes[0]).toBe(held.epoch + 1);
        const applied = outcomes.filter((outcome) => outcome === 'applied').length;
        expect(await stores.events.head(held.site)).toBe(applied);
        expect(await stores.incidents.apply(writeOf(held, 100, { incidents: [incidentOf('late')] }))).toBe(
          'lost_lease',
        );
      });

      it('numbers events without a gap when many write at once', async () => {
        const held = await heldSite();
        const appends = Array.from({ length: 60 }, (_, i) =>
          (all[i % all.length] ?? stores).events.append(held.site, T0, 'ingest', { i }),
        );
        // Applies of one site come one after the other, as its one ingest sends them; the appends come across them.
        const applies = (async () => {
          for (let i = 1; i <= 20; i++) {
            await stores.incidents.apply(
              writeOf(held, i, { incidents: [incidentOf('i1'), incidentOf('i2')] }),
            );
          }
        })();
        const seqs = await Promise.all(appends);
        await applies;
        expect(new Set(seqs).size).toBe(60);
        const rows = await stores.events.read(held.site, 0, 1_000);
        expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
        expect(await stores.events.head(held.site)).toBe(100);
      });

      it('shows event rows in their order: a reader that has seen n never misses one below n', async () => {
        const held = await heldSite();
        let writers = all.length;
        const seen: number[] = [];
        const reader = (async () => {
          do {
            const rows = await stores.events.read(held.site, seen.at(-1) ?? 0, 1_000);
            seen.push(...rows.map(({ seq }) => seq));
          } while (writers > 0 || (seen.at(-1) ?? 0) < (await stores.events.head(held.site)));
        })();
        await Promise.all(
          all.map(async (one) => {
            for (let i = 0; i < 40; i++) await one.events.append(held.site, T0, 'ingest', { i });
            writers -= 1;
          }),
        );
        await reader;
        expect(seen).toEqual(Array.from({ length: all.length * 40 }, (_, i) => i + 1));
      });

      it('pages incidents newest first and filters them', async () => {
        const held = await heldSite();
        const incidents = Array.from({ length: 7 }, (_, i) =>
          incidentOf(`i${i}`, {
            detectedAt: T0 + Math.floor(i / 2),
            state: i < 3 ? 'restored' : 'open',
            closedAt: i < 3 ? T0 + 100 : null,
            kind: i === 6 ? 'communication' : 'outage',
          }),
        );
        await stores.incidents.apply(writeOf(held, 1, { incidents }));
        const ids: string[] = [];
        let before: { at: number; id: string } | undefined;
        for (;;) {
          const page = await stores.incidents.list({
            sites: [held.site],
            limit: 2,
            ...(before && { before }),
          });
          const last = page.at(-1);
          if (last === undefined) break;
          ids.push(...page.map(({ id }) => id));
          before = { at: last.detectedAt, id: last.id };
        }
        expect(ids).toEqual(['i6', 'i5', 'i4', 'i3', 'i2', 'i1', 'i0']);
        const found = async (query: object) =>
          (await stores.incidents.list({ sites: [held.site], limit: 10, ...query })).map(({ id }) => id);
        expect(await found({ open: true })).toEqual(['i6', 'i5', 'i4', 'i3']);
        expect(await found({ open: false })).toEqual(['i2', 'i1', 'i0']);
        expect(await found({ kinds: ['communication'] })).toEqual(['i6']);
        expect(await found({ states: ['restored'], kinds: ['outage'] })).toEqual(['i2', 'i1', 'i0']);
        expect(await stores.incidents.list({ sites: [], limit: 10 })).toEqual([]);
        expect((await stores.incidents.list({ sites: 'all', limit: 1_000 })).length).toBeGreaterThanOrEqual(
          7,
        );
      });

      it('pages and filters interruptions, leaves voided ones out, follows corrected causes', async () => {
        const held = await heldSite();
        const hour = 3_600_000;
        const ledger = [
          line('opened', interruptionOf('a', { from: T0, to: T0 + hour })),
          line('opened', interruptionOf('b', { from: T0 + hour, premises: 'p' })),
          line('opened', interruptionOf('c', { from: T0 + hour })),
          line('opened', interruptionOf('d', { from: T0 + 2 * hour })),
          line('voided', interruptionOf('d', { from: T0 + 2 * hour })),
        ];
        await stores.incidents.apply(writeOf(held, 1, { ledger }));
        const found = async (query: object) =>
          (await stores.incidents.interruptions({ site: held.site, limit: 10, ...query })).map(
            ({ id }) => id,
          );
        expect(await found({})).toEqual(['a', 'b', 'c']);
        expect(await found({ limit: 2 })).toEqual(['a', 'b']);
        expect(await found({ after: { from: T0 + hour, id: 'b' } })).toEqual(['c']);
        expect(await found({ premises: 'p' })).toEqual(['b']);
        expect(await found({ open: false })).toEqual(['a']);
        expect(await found({ open: true })).toEqual(['b', 'c']);
        expect(await found({ from: T0 + hour })).toEqual(['b', 'c']);
        expect(await found({ to: T0 + hour })).toEqual(['a']);
        expect(await found({ incident: 'i1' })).toEqual(['a', 'b', 'c']);
        expect((await stores.incidents.ledger(held.site, 'd')).map(({ type }) => type)).toEqual([
          'opened',
          'voided',
        ]);

        const moved = interruptionOf('a', { causes: [{ incident: 'i2', from: T0, to: null }] });
        await stores.incidents.apply(writeOf(held, 2, { ledger: [line('corrected', moved)] }));
        expect(await found({ incident: 'i1' })).toEqual(['b', 'c']);
        expect(await found({ incident: 'i2' })).toEqual(['a']);
      });

      it('takes 10,000 interruptions and 8,000 notices in one write', async () => {
        const held = await heldSite();
        const ledger = Array.from({ length: 10_000 }, (_, i) => line('opened', interruptionOf(`x${i}`)));
        const notices = Array.from({ length: 8_000 }, (_, i) => noticeOf(`+861${i}`));
        expect(
          await stores.incidents.apply(writeOf(held, 1, { incidents: [incidentOf('i1')], ledger, notices })),
        ).toBe('applied');
        expect(await stores.events.head(held.site)).toBe(10_002);
        expect(await stores.outbox.progress(held.site, 'i1', FAR)).toEqual({ owed: 8_000 });
        expect(await stores.incidents.interruptions({ site: held.site, limit: 20_000 })).toHaveLength(10_000);
        await under.tamper(`delete from delivery where site = '${held.site}'`);
      }, 60_000);
    });

    describe('leases', () => {
      it('belong to one holder until they run out, and number each new hold', async () => {
        const site = `s-${randomUUID()}`;
        expect(await stores.leases.acquire(site, 'a', 200)).toBe(1);
        expect(await stores.leases.acquire(site, 'b', 200)).toBeNull();
        expect(await stores.leases.renew(site, 'a', 1, 200)).toBe(true);
        expect(await stores.leases.renew(site, 'b', 1, 200)).toBe(false);
        await new Promise((resolve) => setTimeout(resolve, 260));
        expect(await stores.leases.acquire(site, 'b', 60_000)).toBe(2);
        expect(await stores.leases.renew(site, 'a', 1, 200)).toBe(false);
        await stores.leases.release(site, 'a', 1);
        expect(await stores.leases.acquire(site, 'a', 200)).toBeNull();
        await stores.leases.release(site, 'b', 2);
        expect(await stores.leases.acquire(site, 'a', 200)).toBe(3);
      });

      it('go to exactly one of many who ask at once', async () => {
        const site = `s-${randomUUID()}`;
        const epochs = await Promise.all(
          Array.from({ length: 12 }, (_, i) =>
            (all[i % all.length] ?? stores).leases.acquire(site, `h${i}`, 60_000),
          ),
        );
        expect(epochs.filter((epoch) => epoch !== null)).toEqual([1]);
      });
    });

    describe('commands', () => {
      it('wait oldest first until taken, once per request key', async () => {
        const site = `s-${randomUUID()}`;
        const add = (id: string, key?: string) =>
          stores.commands.add(site, { type: 'cancel_planned', id }, 'u1', T0, key);
        const first = await add('w1', 'k1');
        expect(await add('w1-again', 'k1')).toBe(first);
        const second = await add('w2');
        const third = await add('w3');
        const waiting = await stores.commands.waiting(site, 2);
        expect(waiting).toEqual([
          { id: first, command: { type: 'cancel_planned', id: 'w1' } },
          { id: second, command: { type: 'cancel_planned', id: 'w2' } },
        ]);
        await stores.commands.taken(site, [first, second]);
        expect((await stores.commands.waiting(site, 10)).map(({ id }) => id)).toEqual([third]);
        const same = await Promise.all(
          Array.from({ length: 10 }, (_, i) =>
            (all[i % all.length] ?? stores).commands.add(site, { type: 'broker_restart' }, 'u1', T0, 'one'),
          ),
        );
        expect(new Set(same).size).toBe(1);
      });
    });

    describe('event cursors', () => {
      it('move forward only', async () => {
        expect(await stores.events.cursor('settlement', 's')).toBe(0);
        await stores.events.advance('settlement', 's', 5);
        await stores.events.advance('settlement', 's', 3);
        expect(await stores.events.cursor('settlement', 's')).toBe(5);
        expect(await stores.events.cursor('alerting', 's')).toBe(0);
      });
    });

    describe('the outbox', () => {
      it('gives each due delivery to one claimer only', async () => {
        const phones = Array.from({ length: 300 }, (_, i) => `+8620${i}`);
        const site = await owe(...phones);
        const claims = await Promise.all(
          Array.from({ length: 40 }, (_, i) =>
            (all[i % all.length] ?? stores).outbox.claim(`h${i}`, T0 + 10_000, 25),
          ),
        );
        const ids = claims.flat().map(({ delivery }) => delivery.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(claims.every((claim) => claim.length <= 25)).toBe(true);
        for (const left of await claimOf(site)) ids.push(left.delivery.id);
        const owned = new Set((await stores.outbox.list({ site, limit: 1_000 })).map(({ id }) => id));
        expect(ids.filter((id) => owned.has(id))).toHaveLength(300);
      });

      it('hands over recipient and attempt, and nothing before its time', async () => {
        const site = await owe('+8613800000010');
        expect(await claimOf(site, 'a', T0)).toEqual([]);
        const [claimed] = await claimOf(site);
        expect(claimed).toMatchObject({
          delivery: {
            state: 'claimed',
            attempts: 0,
            claimedAt: T0 + 10_000,
            premises: ['1201'],
            stage: 'lost',
          },
          recipient: { phone: '+8613800000010', language: 'zh-CN', optedOut: false },
        });
        const id = claimed?.delivery.id ?? '';
        await stores.outbox.sending(id, 'a', '停电', T0 + 10_500);
        await stores.outbox.record(id, {
          state: 'owed',
          at: T0 + 11_000,
          error: '429',
          nextAttemptAt: T0 + 20_000,
        });
        expect(await claimOf(site, 'a', T0 + 19_999)).toEqual([]);
        expect((await claimOf(site, 'b', T0 + 20_000))[0]?.delivery).toMatchObject({
          id,
          attempts: 1,
          error: '429',
        });
      });

      it('retires an unsent older revision and leaves a sent one', async () => {
        const held = await heldSite();
        const phone = '+8613800000011';
        await stores.incidents.apply(
          writeOf(held, 1, { notices: [noticeOf(phone), noticeOf('+8613800000012')] }),
        );
        const sent = (await claimOf(held.site)).find(({ recipient }) => recipient.phone === '+8613800000012');
        await stores.outbox.record(sent?.delivery.id ?? '', {
          state: 'sent',
          at: T0,
          providerId: randomUUID(),
        });
        const [stuck] = (await stores.outbox.list({ site: held.site, states: ['claimed'], limit: 10 })).map(
          ({ id }) => id,
        );
        await stores.outbox.record(stuck ?? '', { state: 'owed', at: T0 });

        const newer = { revision: 2, premises: ['1201', '1202'] };
        const notices = [
          noticeOf(phone, newer),
          noticeOf('+8613800000012', newer),
          noticeOf(phone, { stage: 'restored' }),
        ];
        await stores.incidents.apply(writeOf(held, 2, { notices }));
        expect(await stores.outbox.progress(held.site, 'i1', FAR)).toEqual({
          owed: 3,
          sent: 1,
          superseded: 1,
        });
        expect((await claimOf(held.site)).map(({ delivery }) => delivery.revision).sort()).toEqual([1, 2, 2]);
      });

      it('retires on claiming what failed once and was overtaken meanwhile', async () => {
        const held = await heldSite();
        await stores.incidents.apply(writeOf(held, 1, { notices: [noticeOf('+8613800000013')] }));
        const [claimed] = await claimOf(held.site);
        await stores.incidents.apply(
          writeOf(held, 2, { notices: [noticeOf('+8613800000013', { revision: 2 })] }),
        );
        await stores.outbox.record(claimed?.delivery.id ?? '', {
          state: 'owed',
          at: T0,
          nextAttemptAt: T0 + 1,
        });
        expect((await claimOf(held.site)).map(({ delivery }) => delivery.revision)).toEqual([2]);
        expect(await stores.outbox.progress(held.site, 'i1', FAR)).toEqual({ claimed: 1, superseded: 1 });
      });

      it('records a body only for who holds the claim, and hands abandoned ones over once', async () => {
        const site = await owe('+8613800000014', '+8613800000015');
        const [one, two] = await claimOf(site, 'gone');
        const first = one?.delivery.id ?? '';
        expect(await stores.outbox.sending(first, 'gone', '停电 i1/1', T0 + 10_100)).toBe(true);
        expect(await stores.outbox.sending(first, 'other', 'x', T0 + 10_100)).toBe(false);
        expect(await stores.outbox.sending('no-such-id', 'gone', 'x', T0)).toBe(false);

        const before = T0 + 60_000;
        const takeovers = await Promise.all(
          Array.from({ length: 6 }, (_, i) =>
            (all[i % all.length] ?? stores).outbox.abandoned(`n${i}`, before, before, 150),
          ),
        );
        const found = takeovers.flat().filter(({ delivery }) => delivery.site === site);
        expect(found).toHaveLength(2);
        expect(new Map(found.map(({ delivery, body }) => [delivery.id, body]))).toEqual(
          new Map([
            [first, '停电 i1/1'],
            [two?.delivery.id ?? '', null],
          ]),
        );
        expect(await stores.outbox.sending(first, 'gone', 'x', T0)).toBe(false);
        expect(found.map(({ delivery }) => delivery.attempts)).toEqual(
          found.map(({ delivery }) => (delivery.id === first ? 1 : 0)),
        );
      });

      it('lets receipts move a delivery forward only, whichever comes first', async () => {
        const site = await owe('+8613800000016');
        const [claimed] = await claimOf(site);
        const id = claimed?.delivery.id ?? '';
        const providerId = `SM${randomUUID()}`;
        const state = async () => (await stores.outbox.list({ site, limit: 1 }))[0];
        await stores.outbox.sending(id, 'a', 'body', T0);
        await stores.outbox.record(id, { state: 'sent', at: T0 + 1, providerId, segments: 2 });
        expect(await state()).toMatchObject({ state: 'sent', sentAt: T0 + 1, providerId });
        expect(await stores.outbox.receipt('sms', providerId, 'sent', T0 + 2)).toBe(true);
        expect(await stores.outbox.receipt('sms', providerId, 'undelivered', T0 + 3, '30003')).toBe(true);
        expect(await stores.outbox.receipt('sms', providerId, 'sent', T0 + 4)).toBe(true);
        expect(await stores.outbox.receipt('sms', providerId, 'delivered', T0 + 5)).toBe(true);
        await stores.outbox.record(id, { state: 'sent', at: T0 + 6, providerId });
        expect(await state()).toMatchObject({ state: 'undelivered', error: '30003' });
        expect(await stores.outbox.receipt('sms', 'SM-nobody', 'delivered', T0)).toBe(false);
        expect(await stores.outbox.receipt('voice', providerId, 'delivered', T0)).toBe(false);
      });

      it('keeps a receipt that overtook the record of its sending', async () => {
        const site = await owe('+8613800000017');
        const id = (await claimOf(site))[0]?.delivery.id ?? '';
        const providerId = `SM${randomUUID()}`;
        expect(await stores.outbox.receipt('sms', providerId, 'sent', T0 + 1)).toBe(false);
        expect(await stores.outbox.receipt('sms', providerId, 'delivered', T0 + 2)).toBe(false);
        await stores.outbox.record(id, { state: 'sent', at: T0 + 3, providerId });
        expect((await stores.outbox.list({ site, limit: 1 }))[0]).toMatchObject({
          state: 'delivered',
          providerId,
        });
      });

      it('loses no receipt that arrives while the sending is being recorded', async () => {
        const site = await owe(...Array.from({ length: 40 }, (_, i) => `+8630${i}`));
        const claimed = await claimOf(site);
        await Promise.all(
          claimed.flatMap(({ delivery }, i) => {
            const providerId = `SM${delivery.id}`;
            return [
              stores.outbox.record(delivery.id, { state: 'sent', at: T0, providerId }),
              (all[i % all.length] ?? stores).outbox.receipt('sms', providerId, 'delivered', T0 + 1),
            ];
          }),
        );
        expect(await stores.outbox.progress(site, 'i1', FAR)).toEqual({ delivered: 40 });
      });

      it('remembers who opted out, whatever the site file says later', async () => {
        const phone = '+8613800000018';
        const site = await owe(phone);
        await stores.outbox.optOut(site, phone, true, 'inbound TD', T0);
        await stores.outbox.optOut(site, '+8613800000019', true, 'inbound STOP', T0);
        await stores.sites.put(siteOf(site, [premisesOf('1', person(phone))]), {}, { by: 'u', at: T0 });
        expect((await claimOf(site))[0]?.recipient).toMatchObject({ optedOut: true, name: '王芳' });
        await stores.outbox.optOut(site, phone, false, 'asked by phone', T0 + 1);
        const [row] = await stores.outbox.list({ site, limit: 1 });
        expect((await stores.outbox.recipients(site, [row?.recipient ?? '', 'nobody']))[0]?.optedOut).toBe(
          false,
        );
      });

      it('pages newest first', async () => {
        const site = await owe(...Array.from({ length: 7 }, (_, i) => `+8640${i}`));
        const seen: Delivery[] = [];
        for (;;) {
          const before = seen.at(-1)?.id;
          const page = await stores.outbox.list({
            site,
            subject: 'i1',
            limit: 3,
            ...(before !== undefined && { before }),
          });
          if (page.length === 0) break;
          seen.push(...page);
        }
        expect(seen).toHaveLength(7);
        expect(seen.every(({ id }, i) => i === 0 || id < (seen[i - 1]?.id ?? ''))).toBe(true);
        expect(await stores.outbox.list({ site, states: [], limit: 3 })).toEqual([]);
      });
    });

    describe('the evidence log', () => {
      const HOUR = 3_600_000;
      const begin = (at: number) => ({ at, text: `begin ${at}`, begins: true });
      const told = (at: number, text: string) => ({ at, text, begins: false });

      async function readAll(site: string, from: number, to: number): Promise<string[]> {
        const lines: string[] = [];
        for await (const some of stores.evidence.read(site, from, to)) lines.push(...some);
        return lines.sort();
      }

      it('gives back every line of the hours asked for, whatever is in it, and no other', async () => {
        const held = await heldSite();
        const odd = '{"payload":"\\u0000 \\"停电\\" \'; drop table evidence"}';
        const many = Array.from({ length: 1_700 }, (_, i) => told(T0 + HOUR + i, `many ${i} ${odd}`));
        const lines = [begin(T0), told(T0 + 1, 'first'), ...many, told(T0 + 2 * HOUR, 'later')];
        expect(await stores.evidence.add({ ...held, lines, through: null })).toBe('added');
        expect(await readAll(held.site, T0 + HOUR + 5, T0 + HOUR + 6)).toEqual(
          many.map(({ text }) => text).sort(),
        );
        expect(await readAll(held.site, T0, T0 + 10 * HOUR)).toEqual(lines.map(({ text }) => text).sort());
        expect(await readAll('another', T0, T0 + 10 * HOUR)).toEqual([]);
      });

      it('knows where a replay may begin and how far it is complete, which only grows', async () => {
        const held = await heldSite();
        expect(await stores.evidence.extent(held.site)).toBeNull();
        expect(await stores.evidence.beginning(held.site, T0)).toBeNull();
        const add = (lines: ReturnType<typeof told>[], through: number | null) =>
          stores.evidence.add({ ...held, lines, through });
        await add([told(T0 - 1, 'before any beginning')], T0 - 1);
        expect(await stores.evidence.extent(held.site)).toBeNull();
        await add([begin(T0), told(T0 + 5, 'a')], T0 + 2 * HOUR);
        await add([begin(T0 + HOUR)], T0 + HOUR);
        expect(await stores.evidence.extent(held.site)).toEqual({ from: T0, through: T0 + 2 * HOUR });
        expect(await stores.evidence.beginning(held.site, T0 + HOUR - 1)).toBe(T0);
        expect(await stores.evidence.beginning(held.site, T0 + 5 * HOUR)).toBe(T0 + HOUR);
        expect(await stores.evidence.beginning(held.site, T0 - 5)).toBe(T0);
      });

      it('takes nothing from a writer whose lease went to another', async () => {
        const held = await heldSite();
        const late = { ...held, epoch: held.epoch + 1, lines: [begin(T0)], through: T0 };
        expect(await stores.evidence.add(late)).toBe('lost_lease');
        expect(await stores.evidence.extent(held.site)).toBeNull();
      });

      it('drops whole hours, the oldest first, by age, by lines and by size', async () => {
        const held = await heldSite();
        const hours = Array.from({ length: 6 }, (_, h) => T0 + h * HOUR);
        for (const hour of hours) {
          const lines = [begin(hour), ...Array.from({ length: 9 }, (_, i) => told(hour + i, `${hour} ${i}`))];
          await stores.evidence.add({ ...held, lines, through: hour });
        }
        const bounds = { before: 0, lines: 1_000, bytes: 1_000_000 };
        expect(await stores.evidence.retain(held.site, bounds)).toBe(0);
        expect(await stores.evidence.retain(held.site, { ...bounds, before: T0 + HOUR })).toBe(10);
        expect(await stores.evidence.extent(held.site)).toMatchObject({ from: T0 + HOUR });
        expect(await stores.evidence.retain(held.site, { ...bounds, lines: 35 })).toBe(20);
        expect(await stores.evidence.extent(held.site)).toMatchObject({ from: T0 + 3 * HOUR });
        expect(await stores.evidence.retain(held.site, { ...bounds, bytes: 1 })).toBe(30);
        expect(await readAll(held.site, T0, T0 + 10 * HOUR)).toEqual([]);
      });
    });

    describe('estimates', () => {
      it('replace those of the same incident and premises, and tell the site once', async () => {
        const site = `s-${randomUUID()}`;
        const estimate = (premises: string, amount_minor: number, scheme = 'fee') => ({
          site,
          incident: 'i1',
          premises,
          scheme,
          state: 'running' as const,
          minutes: 90.5,
          amount_minor,
          currency: 'CNY',
          trace: [{ rule: 'r1', minutes: 90.5 }],
          refused: null,
          at: T0,
        });
        const many = Array.from({ length: 1_300 }, (_, i) => estimate(`p${i}`, i));
        await stores.estimates.put(many);
        const refused = { ...estimate('p1', 0, 'other'), refused: [{ path: '/area_m2', code: 'missing' }] };
        await stores.estimates.put([refused]);
        expect(await stores.estimates.ofIncident(site, 'i1')).toHaveLength(1_300);
        expect(await stores.estimates.ofPremises(site, 'p1')).toEqual([refused]);
        expect(await stores.estimates.ofPremises(site, 'p2')).toEqual([many[2]]);
        const events = await stores.events.read(site, 0, 10);
        expect(events).toMatchObject([
          { type: 'estimate', body: { incidents: [{ incident: 'i1', premises: 1_300, state: 'running' }] } },
          { type: 'estimate' },
        ]);
      });
    });

    describe('users', () => {
      const userOf = (login: string): User => ({
        id: randomUUID(),
        login,
        name: '张伟',
        role: 'engineer',
        sites: ['s1'],
        passwordHash: '$argon2id$x',
        language: 'zh-CN',
        theme: 'dark',
        active: true,
        createdAt: T0,
      });

      it('are unique by login', async () => {
        const count = await stores.users.count();
        const login = randomUUID();
        const user = userOf(login);
        const outcomes = await Promise.allSettled([
          stores.users.add(user),
          ...all.map((one) => one.users.add(userOf(login))),
        ]);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const refused = outcomes.find((outcome) => outcome.status === 'rejected');
        expect(refused).toMatchObject({ reason: { name: 'StoreConflict', code: 'already_exists' } });
        expect(await stores.users.count()).toBe(count + 1);
        const stored = await stores.users.byLogin(login);
        const changed = { ...user, id: stored?.id ?? '', sites: 'all' as const, active: false };
        await stores.users.update(changed);
        expect(await stores.users.byId(changed.id)).toEqual(changed);
        expect(await stores.users.list()).toContainEqual(changed);
        await expect(stores.users.update({ ...user, id: 'none' })).rejects.toMatchObject({
          code: 'not_found',
        });
        const other = userOf(randomUUID());
        await stores.users.add(other);
        await expect(stores.users.update({ ...other, login })).rejects.toMatchObject({
          code: 'already_exists',
        });
        expect(await stores.users.byLogin('nobody')).toBeNull();
      });

      it('have sessions that end by time, by hand and with the user', async () => {
        const user = userOf(randomUUID());
        await stores.users.add(user);
        const session = (idHash: string) => ({
          idHash,
          user: user.id,
          csrf: 'c',
          createdAt: T0,
          expiresAt: T0 + 1_000,
        });
        const ids = [randomUUID(), randomUUID(), randomUUID()] as const;
        for (const id of ids) await stores.users.addSession(session(id));
        expect(await stores.users.session(ids[0], T0 + 999)).toEqual({ session: session(ids[0]), user });
        expect(await stores.users.session(ids[0], T0 + 1_000)).toBeNull();
        await stores.users.extendSession(ids[0], T0 + 5_000);
        expect((await stores.users.session(ids[0], T0 + 1_000))?.session.expiresAt).toBe(T0 + 5_000);
        await stores.users.endSession(ids[0]);
        expect(await stores.users.session(ids[0], T0)).toBeNull();
        await stores.users.extendSession(ids[0], T0 + 9_000);
        expect(await stores.users.session(ids[0], T0)).toBeNull();
        await stores.users.update({ ...user, active: false });
        expect(await stores.users.session(ids[1], T0)).toBeNull();
        await stores.users.update(user);
        await stores.users.endSessionsOf(user.id);
        expect(await stores.users.session(ids[1], T0)).toBeNull();
      });

      it('have links that work once, in time, for their purpose', async () => {
        const link = randomUUID();
        await stores.users.addLink(link, 'first_admin', T0 + 1_000);
        expect(await stores.users.linkValid(link, 'first_admin', T0)).toBe(true);
        expect(await stores.users.linkValid(link, 'invitation', T0)).toBe(false);
        expect(await stores.users.linkValid(link, 'first_admin', T0 + 1_000)).toBe(false);
        expect(await stores.users.useLink(link, 'first_admin', T0 + 1_000)).toBe(false);
        const uses = await Promise.all(
          Array.from({ length: 6 }, (_, i) =>
            (all[i % all.length] ?? stores).users.useLink(link, 'first_admin', T0),
          ),
        );
        expect(uses.filter(Boolean)).toHaveLength(1);
        expect(await stores.users.linkValid(link, 'first_admin', T0)).toBe(false);
      });
    });

    describe('the audit log', () => {
      const entry = (site: string, n: number) => ({
        site,
        at: T0 + n,
        by: 'u1',
        action: 'site.put',
        subject: `v${n}`,
        detail: { n, text: '改' },
      });

      it('chains entries in order, also when many processes append at once', async () => {
        const site = `s-${randomUUID()}`;
        await Promise.all(
          Array.from({ length: 40 }, (_, i) => (all[i % all.length] ?? stores).audit.append(entry(site, i))),
        );
        const page = await stores.audit.list(site, { limit: 15 });
        expect(page.map(({ seq }) => seq)).toEqual(Array.from({ length: 15 }, (_, i) => 40 - i));
        expect(await stores.audit.list(site, { before: 3, limit: 15 })).toHaveLength(2);
        const { seq, hash, ...stored } = page[0] ?? { seq: 0, hash: '' };
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect(stored).toEqual(entry(site, Number((stored as { at: number }).at - T0)));
        expect(seq).toBe(40);
        expect(await stores.audit.verify(site)).toBeNull();
        expect(await stores.audit.verify('nowhere')).toBeNull();
      });

      it.for([
        ['an edited entry', "update audit set detail_json = '{}' where site = '$' and seq = 3", 3],
        ['a removed entry', "delete from audit where site = '$' and seq = 2", 2],
        ['a cut-off end', "delete from audit where site = '$' and seq = 5", 5],
        ['an entry moved to another place', "update audit set seq = 9 where site = '$' and seq = 4", 4],
        [
          'an edited entry with a hash of its own',
          "update audit set hash = 'f00d', subject = 'x' where site = '$' and seq = 4",
          4,
        ],
      ] as const)('finds %s', async ([, sql, broken]) => {
        const site = `s-${randomUUID()}`;
        for (let i = 1; i <= 5; i++) await stores.audit.append(entry(site, i));
        await under.tamper(sql.replaceAll('$', site));
        expect(await stores.audit.verify(site)).toBe(broken);
      });
    });

    it('rejects with StoreUnavailable while the database is away, loses nothing, and goes on when it is back', async () => {
      const held = await heldSite();
      await under.breakDown();
      const away = { name: 'StoreUnavailable', retryable: true };
      await expect(
        stores.incidents.apply(writeOf(held, 1, { incidents: [incidentOf('i1')] })),
      ).rejects.toMatchObject(away);
      await expect(stores.events.append(held.site, T0, 'ingest', {})).rejects.toMatchObject(away);
      await under.repair();
      expect(await stores.incidents.apply(writeOf(held, 1, { incidents: [incidentOf('i1')] }))).toBe(
        'applied',
      );
      expect(await stores.events.head(held.site)).toBe(1);
    }, 60_000);
  });
}
