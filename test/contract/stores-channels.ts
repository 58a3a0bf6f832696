import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { MessageStage, Owed } from '../../core/notices/notice.ts';
import type { Delivery } from '../../core/ports/outbox.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { person, premisesOf, siteOf, T0 } from './stores-builders.ts';

const HOUR_MS = 3_600_000;

/** What every implementation promises about channels: the outbox over several of them, inbox, hand-written messages, settings. */
export function describeChannels(
  under: () => { readonly stores: Stores; readonly all: readonly Stores[] },
): void {
  const newSite = (): string => `s-${randomUUID()}`;
  const phoneOf = (n: number): string => `+8613${String(n).padStart(9, '0')}`;
  const noticeTo = (recipient: string, over: Partial<Owed<MessageStage>> = {}): Owed<MessageStage> => ({
    incident: 'i1',
    stage: 'lost',
    revision: 1,
    audience: 'owner',
    recipient,
    premises: ['1'],
    at: T0,
    ...over,
  });
  const of = (site: string): Promise<readonly Delivery[]> => under().stores.outbox.list({ site, limit: 100 });
  const byChannel = async (site: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await of(site)).map(({ channel, state, error }) => [channel, `${state} ${error ?? ''}`.trim()]),
    );

  /** One delivery of a site of its own, claimed by `h`. */
  async function claimed(site: string, over: Partial<Owed<MessageStage>> = {}): Promise<Delivery> {
    const { outbox } = under().stores;
    await outbox.owe(site, [noticeTo(phoneOf(1), over)], T0);
    const mine = (await outbox.claim('h', T0 + 1_000, 500)).find(({ delivery }) => delivery.site === site);
    if (mine === undefined) throw new Error('not claimed');
    return mine.delivery;
  }

  describe('a message on several channels', () => {
    it('is owed once a key, whoever owes it how often', async () => {
      const { all } = under();
      const site = newSite();
      const tries = Array.from({ length: 6 }, (_, i) =>
        all[i % all.length]?.outbox.owe(site, [noticeTo(phoneOf(1))], T0),
      );
      await Promise.all(tries);
      expect(await of(site)).toHaveLength(1);
    });

    it('goes over to others in one step, by its holder only', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      const { id } = await claimed(site);
      expect(await outbox.divert(id, 'another', ['voice'], T0)).toBe(false);
      expect(await byChannel(site)).toEqual({ sms: 'claimed' });
      expect(await outbox.divert(id, 'h', ['voice', 'wecom'], T0)).toBe(true);
      expect(await byChannel(site)).toEqual({
        sms: 'superseded other_channel',
        voice: 'owed',
        wecom: 'owed',
      });
    });

    it('comes back to the channel that was passed over, and to none twice', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      await outbox.divert((await claimed(site)).id, 'h', ['voice'], T0);
      const call = (await outbox.claim('h', T0 + 1_000, 500)).find(({ delivery }) => delivery.site === site);
      const id = call?.delivery.id ?? '';
      await outbox.record(id, { state: 'failed', at: T0, error: 'busy', fallbackAt: T0 });
      await Promise.all(under().all.map((stores) => stores.outbox.fallBack(id, 'sms', T0)));
      expect(await byChannel(site)).toEqual({ sms: 'owed', voice: 'failed busy' });
      const again = (await outbox.claim('h', T0 + 1_000, 500)).find(({ delivery }) => delivery.site === site);
      await outbox.record(again?.delivery.id ?? '', { state: 'sent', at: T0, providerId: randomUUID() });
      await outbox.fallBack(id, 'sms', T0);
      expect(await byChannel(site)).toEqual({ sms: 'sent', voice: 'failed busy' });
    });

    it('is due for the next when a receipt says no, or stays away, and never after one that says yes', async () => {
      const { outbox } = under().stores;
      const due = async (site: string, at: number) =>
        (await outbox.fallbacksDue(at, 500)).filter(({ delivery }) => delivery.site === site).length;
      const cases = { no: newSite(), silent: newSite(), yes: newSite(), unknown: newSite() };
      const ids = { no: randomUUID(), silent: randomUUID(), yes: randomUUID() };
      for (const name of ['no', 'silent', 'yes'] as const) {
        const { id } = await claimed(cases[name]);
        const sent = {
          state: 'sent',
          at: T0,
          providerId: ids[name],
          segments: 1,
          fallbackAt: T0 + HOUR_MS,
        } as const;
        await outbox.record(id, sent);
      }
      await outbox.record((await claimed(cases.unknown)).id, {
        state: 'unknown',
        at: T0,
        error: 'look_up_nothing',
      });
      await outbox.receipt('sms', ids.no, 'undelivered', T0 + 5, 'landline');
      await outbox.receipt('sms', ids.yes, 'delivered', T0 + 5);
      expect(await due(cases.no, T0 + 10)).toBe(1);
      expect(await due(cases.silent, T0 + 10)).toBe(0);
      expect(await due(cases.silent, T0 + HOUR_MS)).toBe(1);
      expect(await due(cases.yes, T0 + 2 * HOUR_MS)).toBe(0);
      expect(await due(cases.unknown, T0 + 2 * HOUR_MS)).toBe(0);
    });

    it('that is older than what is owed now is not sent on another channel either', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      const { id } = await claimed(site);
      await outbox.record(id, { state: 'failed', at: T0, error: 'bad_number', fallbackAt: T0 });
      await outbox.fallBack(id, 'voice', T0);
      await outbox.owe(site, [noticeTo(phoneOf(1), { revision: 2 })], T0);
      const taken = (await outbox.claim('h', T0 + 1_000, 500)).filter(
        ({ delivery }) => delivery.site === site,
      );
      expect(taken.map(({ delivery }) => [delivery.revision, delivery.channel])).toEqual([[2, 'sms']]);
    });

    it('is in the list of who was not reached only when no channel did, nor still may', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      const listed = async () =>
        (await outbox.unreached({ site, subject: 'i1', limit: 10 })).map(({ error }) => error).sort();
      const { id } = await claimed(site);
      await outbox.record(id, { state: 'failed', at: T0, error: 'bad_number', fallbackAt: T0 });
      expect(await listed()).toEqual([]);
      await outbox.fallBack(id, 'voice', T0);
      expect(await listed()).toEqual([]);
      const call = (await outbox.claim('h', T0 + 1_000, 500)).find(({ delivery }) => delivery.site === site);
      await outbox.record(call?.delivery.id ?? '', { state: 'undelivered', at: T0, error: 'busy' });
      expect(await listed()).toEqual(['bad_number', 'busy']);
    });
  });

  describe('what a person decides', () => {
    it('lets all that was held go at once, past the caps, or drops it', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      await outbox.owe(
        site,
        [1, 2, 3].map((n) => noticeTo(phoneOf(n))),
        T0,
      );
      const mine = (await outbox.claim('h', T0 + 1_000, 500)).filter(
        ({ delivery }) => delivery.site === site,
      );
      for (const { delivery } of mine) {
        await outbox.record(delivery.id, { state: 'blocked', at: T0, error: 'day_cap', segments: 2 });
      }
      const [group] = await outbox.held(site);
      expect(group).toMatchObject({ subject: 'i1', stage: 'lost', reason: 'day_cap', count: 3, segments: 6 });
      if (group === undefined) throw new Error('nothing held');
      expect(await outbox.decideHeld(site, group, 'release', T0)).toBe(3);
      expect(await outbox.decideHeld(site, group, 'drop', T0)).toBe(0);
      expect(await outbox.held(site)).toEqual([]);
      const free = (await outbox.claim('h', T0 + 1_000, 500)).filter(
        ({ delivery }) => delivery.site === site,
      );
      expect(free.map(({ delivery }) => delivery.released)).toEqual([true, true, true]);
    });

    it('about an unknown end counts once, and may start the next channel', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      const { id } = await claimed(site);
      await outbox.record(id, { state: 'unknown', at: T0, error: 'look_up_nothing' });
      expect(await outbox.decideUnknown('other', id, 'drop', T0)).toBe(false);
      expect(await outbox.decideUnknown(site, id, 'next_channel', T0)).toBe(true);
      expect(await outbox.decideUnknown(site, id, 'sent', T0)).toBe(false);
      const due = await outbox.fallbacksDue(T0, 500);
      expect(due.map(({ delivery }) => delivery.id)).toContain(id);
    });

    it('sees what was spent, by subject and in all', async () => {
      const { outbox } = under().stores;
      const site = newSite();
      const { id } = await claimed(site);
      await outbox.record(id, { state: 'sent', at: T0, providerId: randomUUID(), segments: 3 });
      expect(await outbox.spent(site, T0 - 1)).toBe(3);
      expect(await outbox.spent(site, T0 - 1, 'i1')).toBe(3);
      expect(await outbox.spent(site, T0 - 1, 'i2')).toBe(0);
      expect(await outbox.spent(site, T0)).toBe(0);
    });
  });

  describe('the inbox', () => {
    it('keeps a message once, with the site that knows the telephone, else with none', async () => {
      const { stores, all } = under();
      const site = newSite();
      const phone = `+86139${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
      await stores.sites.put(siteOf(site, [premisesOf('1', person(phone))]), {}, { by: 't', at: T0 });
      const providerId = randomUUID();
      const message = { providerId, phone, body: '什么时候来电？', at: T0 };
      const added = await Promise.all(all.map((one) => one.inbound.add(message)));
      expect(added.filter(Boolean)).toHaveLength(1);
      const [kept] = await stores.inbound.list({ site, limit: 10 });
      expect(kept).toMatchObject({ phone, body: message.body, state: 'new' });
      expect(await stores.inbound.handle(site, kept?.id ?? '', 'closed', 'u1', T0)).toBe(true);
      expect(await stores.inbound.handle(site, kept?.id ?? '', 'answered', 'u2', T0)).toBe(false);
      expect(await stores.inbound.get(site, kept?.id ?? '')).toMatchObject({
        state: 'closed',
        handledBy: 'u1',
      });
      const stranger = randomUUID();
      await stores.inbound.add({ providerId: stranger, phone: '+8617700000000', body: 'x', at: T0 });
      expect((await stores.inbound.list({ site: '', limit: 1 }))[0]).toMatchObject({ person: null });
      expect(await stores.inbound.sitesOf(phone)).toEqual([{ site, optedOut: false }]);
    });
  });

  it('a hand-written message is owed once, however often it is asked for', async () => {
    const { stores, all } = under();
    const site = newSite();
    const ask = (id: string, one = stores) =>
      one.handMessages.send(
        {
          id,
          site,
          at: T0,
          by: 'u1',
          zh: '停水',
          en: 'no water',
          target: { everybody: true },
          recipients: 2,
        },
        'u1:key-0001',
        [1, 2].map((n) => noticeTo(phoneOf(n), { incident: id, stage: 'message' })),
      );
    const sent = await Promise.all(all.concat(all).map((one, i) => ask(`m${i}`, one)));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(await of(site)).toHaveLength(2);
    expect(await stores.handMessages.list(site, 10)).toMatchObject([
      { zh: '停水', target: { everybody: true } },
    ]);
  });

  it('the limits a site chose change from the version that was read, and no other', async () => {
    const { stores, all } = under();
    const site = newSite();
    const chosen = {
      segmentsPerHour: 200,
      segmentsPerDay: null,
      segmentsPerIncident: 90,
      perOwnerPerDay: null,
      fleetShare_percent: 30,
      fleetIncidents: null,
    };
    const caps = { site, savedAt: T0, savedBy: 'u1', reason: '收紧', chosen };
    const conflict = { code: 'version_conflict' };
    expect(await stores.messageCaps.get(site)).toBeNull();
    await expect(stores.messageCaps.put(caps, 1)).rejects.toMatchObject(conflict);
    const first = await Promise.allSettled(all.map((one) => one.messageCaps.put(caps, 0)));
    expect(first.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stores.messageCaps.get(site)).toEqual({ ...caps, version: 1 });
    const back = { ...caps, chosen: { ...chosen, segmentsPerHour: null } };
    expect(await stores.messageCaps.put(back, 1)).toBe(2);
    await expect(stores.messageCaps.put(caps, 1)).rejects.toMatchObject(conflict);
    expect(await stores.messageCaps.get(site)).toEqual({ ...back, version: 2 });
    expect(await stores.messageCaps.get(newSite())).toBeNull();
  });

  it('channel settings change from the version that was read, and no other', async () => {
    const { channelSettings } = under().stores;
    const id = `c-${randomUUID().slice(0, 8)}`;
    const put = (sealed: string, ifVersion: number) =>
      channelSettings.put({ id, sealed, savedAt: T0, savedBy: 'u1' }, ifVersion);
    const conflict = { code: 'version_conflict' };
    await expect(put('a', 3)).rejects.toMatchObject(conflict);
    expect(await put('a', 0)).toBe(1);
    await expect(put('b', 0)).rejects.toMatchObject(conflict);
    expect(await put('b', 1)).toBe(2);
    expect((await channelSettings.list()).find((one) => one.id === id)).toMatchObject({
      sealed: 'b',
      version: 2,
    });
    await expect(channelSettings.remove(id, 1)).rejects.toMatchObject(conflict);
    await channelSettings.remove(id, 2);
    expect((await channelSettings.list()).some((one) => one.id === id)).toBe(false);
  });
}
