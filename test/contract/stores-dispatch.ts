import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { advance } from '../../core/dispatch/advance.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import { dueSteps, takeSteps } from '../../core/dispatch/due-steps.ts';
import { markInformed } from '../../core/dispatch/follow-incident.ts';
import { offer } from '../../core/dispatch/offer.ts';
import { openDispatch } from '../../core/dispatch/open.ts';
import { isRefused } from '../../core/dispatch/refusal.ts';
import { DISPATCH_DEFAULTS } from '../../core/dispatch/settings.ts';
import type { DispatchStage, Owed } from '../../core/notices/notice.ts';
import { PLAIN_PROFILE } from '../../core/people/profile.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { NO_ROSTER } from '../../core/roster/roster.ts';
import { incidentOf, noticeOf, person, premisesOf, siteOf, T0 } from './stores-builders.ts';

const MINUTE = 60_000;
const PHONE = '+8613900000001';

/** What every implementation promises about dispatches, staff and people. */
export function describeDispatches(
  under: () => { readonly stores: Stores; readonly all: readonly Stores[] },
): void {
  function opened(site: string, incident = 'i1'): Dispatch {
    const about = incidentOf(incident, { detectedAt: T0, onset: T0 });
    const rules = DISPATCH_DEFAULTS.rules.ordinary;
    const id = randomUUID();
    return openDispatch(about, { id, site, severity: 'ordinary', rules, concernsOwners: true, at: T0 });
  }
  const asking = (dispatch: Dispatch): Dispatch => {
    const asked = offer(dispatch, { engineer: 'e1', by: 'u', at: T0, code: '4821' });
    if (isRefused(asked)) throw new Error(asked.refused);
    return asked;
  };
  const owedTo = (recipient: string, stage: DispatchStage, revision = 1): Owed<DispatchStage> => {
    return { ...noticeOf(recipient), audience: 'staff', premises: [], stage, revision };
  };
  const newSite = (): string => `s-${randomUUID()}`;
  const hire = (site: string, id = 'e1', phone = PHONE) =>
    under().stores.staff.put(site, {
      id,
      name: '张工',
      phone,
      language: 'zh-CN',
      skills: ['hv'],
      account: 'u1',
      active: true,
    });

  describe('dispatches', () => {
    it('open once an incident, with their messages or not at all', async () => {
      const { stores, all } = under();
      const site = newSite();
      await hire(site);
      const tries = Array.from({ length: 8 }, (_, i) =>
        (all[i % all.length] ?? stores).dispatches.open({
          dispatch: opened(site),
          notices: [owedTo(PHONE, 'offer')],
          at: T0,
        }),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      const owed = await stores.outbox.list({ site, limit: 100 });
      expect(owed).toMatchObject([{ recipient: 'e1', stage: 'offer', audience: 'staff', subject: 'i1' }]);
      expect((await stores.events.read(site, 0, 10)).map(({ type }) => type)).toEqual(['dispatch', 'notice']);
    });

    it('change by one of many at once; the others store nothing and owe nothing', async () => {
      const { stores, all } = under();
      const site = newSite();
      const dispatch = opened(site);
      await stores.dispatches.open({ dispatch, notices: [], at: T0 });
      const tries = Array.from({ length: 8 }, (_, i) =>
        (all[i % all.length] ?? stores).dispatches.save(
          { dispatch: asking(dispatch), notices: [owedTo('staff', 'dispatch_warning', i + 1)], at: T0 },
          1,
        ),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect(await stores.outbox.list({ site, limit: 100 })).toHaveLength(1);
      expect(await stores.dispatches.byId(dispatch.id)).toEqual({ dispatch: asking(dispatch), version: 2 });
      expect((await stores.dispatches.ofIncident(site, 'i1'))?.version).toBe(2);
    });

    it('are due from the instant of their next step, and while owners wait; never otherwise', async () => {
      const { stores } = under();
      const site = newSite();
      const informed = markInformed(opened(site), T0, T0);
      await stores.dispatches.open({ dispatch: informed, notices: [], at: T0 });
      const isDue = async (now: number) =>
        (await stores.dispatches.due(now, 100_000)).some(({ dispatch }) => dispatch.site === site);
      expect(await isDue(T0 + 12 * MINUTE)).toBe(false);
      expect(await isDue(T0 + 12 * MINUTE + 1)).toBe(true);
      const taken = takeSteps(informed, dueSteps(informed, T0 + 40 * 24 * 60 * MINUTE));
      await stores.dispatches.save({ dispatch: taken, notices: [], at: T0 }, 1);
      expect(await isDue(T0 + 400 * 24 * 60 * MINUTE)).toBe(false);
      const waiting = newSite();
      await stores.dispatches.open({ dispatch: opened(waiting), notices: [], at: T0 });
      expect((await stores.dispatches.due(T0, 100_000)).map(({ dispatch }) => dispatch.site)).toContain(
        waiting,
      );
    });

    it('are found by the telephone of somebody at their site, as long as they last', async () => {
      const { stores } = under();
      const site = newSite();
      const phone = `+86139${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
      await hire(site, 'e1', phone);
      const dispatch = asking(opened(site));
      await stores.dispatches.open({ dispatch, notices: [], at: T0 });
      expect(await stores.dispatches.ofPhone(phone, 10)).toEqual([{ dispatch, version: 1, person: 'e1' }]);
      const ended = { ...dispatch, state: 'retracted' as const };
      await stores.dispatches.save({ dispatch: ended, notices: [], at: T0 }, 1);
      expect(await stores.dispatches.ofPhone(phone, 10)).toEqual([]);
    });

    it('are listed page by page, newest first', async () => {
      const { stores } = under();
      const site = newSite();
      for (const [i, incident] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        const dispatch = { ...opened(site, incident), openedAt: T0 + Math.floor(i / 2) };
        await stores.dispatches.open({ dispatch, notices: [], at: T0 });
      }
      const seen: string[] = [];
      for (let before: { at: number; id: string } | undefined; ; ) {
        const page = await stores.dispatches.list({
          site,
          limit: 2,
          ...(before === undefined ? {} : { before }),
        });
        seen.push(...page.map(({ dispatch }) => dispatch.incident));
        const last = page.at(-1)?.dispatch;
        if (last === undefined) break;
        before = { at: last.openedAt, id: last.id };
      }
      expect(seen[0]).toBe('e');
      expect([...seen].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await stores.dispatches.list({ site, active: false, limit: 9 })).toEqual([]);
    });

    it('know how far owners and estimates are', async () => {
      const { stores } = under();
      const site = newSite();
      const nothing = { pending: 0, held: 0, told: 0, lastToldAt: null, firstEstimateAt: null };
      expect(await stores.dispatches.informed(site, 'i1')).toEqual(nothing);
      const epoch = (await stores.leases.acquire(site, 'x', 60_000)) ?? 0;
      const notices = ['+8613800000011', '+8613800000012'].map((phone) => noticeOf(phone));
      const changes = { incidents: [], ledger: [], notices };
      await stores.incidents.apply({ site, epoch, position: 1, at: T0, changes });
      expect(await stores.dispatches.informed(site, 'i1')).toMatchObject({ pending: 2, told: 0 });
      const [one, two] = await stores.outbox.list({ site, limit: 2 });
      await stores.outbox.record(one?.id ?? '', { state: 'sent', at: T0 + 5, providerId: randomUUID() });
      await stores.outbox.record(two?.id ?? '', { state: 'failed', at: T0 + 9 });
      expect(await stores.dispatches.informed(site, 'i1')).toMatchObject({
        pending: 0,
        told: 1,
        lastToldAt: T0 + 5,
      });
    });

    it('keep one key for links, whoever asks first', async () => {
      const { stores, all } = under();
      const keys = await Promise.all(all.map((one, i) => one.dispatches.linkKey(`fresh-${i}`)));
      expect(new Set([...keys, await stores.dispatches.linkKey('later')]).size).toBe(1);
    });

    it('keep photos with what they are of', async () => {
      const { stores } = under();
      const site = newSite();
      const photo = {
        site,
        id: 'p1',
        incident: 'i1',
        at: T0,
        by: 'e1',
        type: 'image/png',
        base64: 'aGk=',
      } as const;
      await stores.dispatches.addPhoto(photo);
      expect(await stores.dispatches.photo(site, 'p1')).toEqual(photo);
      expect(await stores.dispatches.photosStored(site, photo.incident)).toEqual({
        ofIncident: 1,
        characters: 4,
      });
      expect(await stores.dispatches.photosStored(site, 'another')).toEqual({ ofIncident: 0, characters: 4 });
      expect(await stores.dispatches.photo('elsewhere', 'p1')).toBeNull();
    });

    it('survive as they were, every field of them', async () => {
      const { stores } = under();
      const asked = asking(opened(newSite()));
      const accepted = advance(asked, { move: 'accept', engineer: 'e1', by: 'e1', at: T0 + 1, note: '收到' });
      if (isRefused(accepted)) throw new Error(accepted.refused);
      await stores.dispatches.open({ dispatch: accepted, notices: [], at: T0 });
      expect((await stores.dispatches.byId(accepted.id))?.dispatch).toEqual(accepted);
    });
  });

  describe('staff', () => {
    it('are people with a telephone of their own, changed in place', async () => {
      const { stores } = under();
      const site = newSite();
      await hire(site);
      await hire(site);
      const [member] = await stores.staff.list(site);
      expect(member).toEqual({
        id: 'e1',
        name: '张工',
        phone: PHONE,
        language: 'zh-CN',
        skills: ['hv'],
        account: 'u1',
        active: true,
      });
      await expect(hire(site, 'e2')).rejects.toMatchObject({ code: 'already_exists' });
      expect(await stores.staff.list(site)).toHaveLength(1);
    });

    it('have a roster in versions, of which a late edit loses', async () => {
      const { stores } = under();
      const site = newSite();
      expect(await stores.staff.roster(site)).toEqual({ roster: NO_ROSTER, version: 0 });
      const roster = { ...NO_ROSTER, backups: ['e1'] };
      expect(await stores.staff.putRoster(site, roster, T0, 0)).toBe(1);
      await expect(stores.staff.putRoster(site, roster, T0, 0)).rejects.toMatchObject({
        code: 'version_conflict',
      });
      expect(await stores.staff.putRoster(site, roster, T0, 1)).toBe(2);
      expect(await stores.staff.putRoster(site, roster, T0)).toBe(3);
      expect(await stores.staff.file(site)).toEqual({ members: [], roster, settings: DISPATCH_DEFAULTS });
    });

    it('are sent by settings that give the desk its telephone', async () => {
      const { stores } = under();
      const site = newSite();
      await hire(site);
      await stores.staff.putSettings(site, { ...DISPATCH_DEFAULTS, deskPhone: '+8657100000000' }, T0);
      expect((await stores.staff.settings(site)).deskPhone).toBe('+8657100000000');
      expect(await stores.outbox.recipients(site, ['staff'])).toMatchObject([{ phone: '+8657100000000' }]);
      const taken = stores.staff.putSettings(site, { ...DISPATCH_DEFAULTS, deskPhone: PHONE }, T0);
      await expect(taken).rejects.toMatchObject({ code: 'already_exists' });
    });
  });

  describe('people', () => {
    const profile = {
      channels: ['voice', 'sms'],
      quiet: { from: '22:00', to: '07:00' },
      vulnerable: false,
      medicalDevice: true,
    } as const;

    it('have premises, a profile, and every word they said about messages', async () => {
      const { stores } = under();
      const site = newSite();
      const owner = person('+8613800000021', '王芳');
      await stores.sites.put(
        siteOf(site, [premisesOf('2', owner), premisesOf('1', null, owner), premisesOf('3', null)]),
        {},
        {
          by: 'u',
          at: T0,
        },
      );
      await stores.people.putProfiles(site, [
        { phone: owner.phone, profile },
        { phone: '+8613800000099', profile },
      ]);
      await stores.outbox.optOut(site, owner.phone, true, 'TD', T0);
      await stores.outbox.optOut(site, owner.phone, false, 'called', T0 + 1);
      const [found, ...others] = await stores.people.list(site, { phone: owner.phone, limit: 10 });
      expect(others).toEqual([]);
      expect(found).toMatchObject({
        name: '王芳',
        optedOut: false,
        profile,
        premises: [
          { premises: '1', role: 'occupant' },
          { premises: '2', role: 'owner' },
        ],
      });
      expect(await stores.people.get(site, found?.id ?? '')).toEqual(found);
      expect(await stores.people.optOuts(site, found?.id ?? '')).toEqual([
        { at: T0, optedOut: true, evidence: 'TD' },
        { at: T0 + 1, optedOut: false, evidence: 'called' },
      ]);
      expect(await stores.people.dependentPremises(site)).toEqual(new Set(['1', '2']));
    });

    it('that are erased leave ids and hashes; their number is not texted when it comes back', async () => {
      const { stores } = under();
      const site = newSite();
      const [gone, stays] = [person('+8613800000031', '王芳'), person('+8613800000032', '李娜')];
      const put = () =>
        stores.sites.put(
          siteOf(site, [premisesOf('1', gone), premisesOf('2', stays)]),
          {},
          { by: 'u', at: T0 },
        );
      await put();
      await stores.people.putProfiles(site, [{ phone: gone.phone, profile }]);
      await stores.outbox.optOut(site, gone.phone, true, `TD from ${gone.phone}`, T0);
      const [found] = await stores.people.list(site, { phone: gone.phone, limit: 1 });
      const id = found?.id ?? '';
      const shown = {
        erased: false,
        premises: [{ premises: '1', role: 'owner' }],
        profile: true,
        optOuts: 1,
        optedOut: true,
        staff: false,
        deliveries: 0,
        unsent: 0,
      };
      const said = { site, person: id, at: T0 };
      await stores.owners.rate({ ...said, incident: 'i1', rating: 2, comment: 'call Wang Fang' });
      await stores.owners.report(
        { ...said, id: `r-${site}`, incident: 'i1', premises: '1', note: 'call Wang Fang', handled: null },
        [],
      );
      await stores.inbound.add({
        providerId: `SM-${site}`,
        phone: gone.phone,
        body: 'I am Wang Fang',
        at: T0,
      });
      await stores.payouts.putAccount(
        site,
        { person: id, holder: '王芳', bank: '工商银行', number: '6222021' },
        T0,
      );
      expect(await stores.people.erasure(site, id)).toEqual(shown);
      expect(await stores.people.erase(site, id, T0 + 1)).toEqual(shown);
      expect(await stores.people.get(site, id)).toMatchObject({ name: '', phone: null, premises: [] });
      expect(await stores.owners.ratingsOf(site, { person: id }, 5)).toMatchObject([
        { rating: 2, comment: null },
      ]);
      expect(await stores.owners.reportOf(site, `r-${site}`)).toMatchObject({ note: null });
      const wrote = await stores.inbound.list({ site, limit: 5 });
      expect(wrote.map(({ body, phone }) => ({ body, phone }))).toEqual([{ body: '', phone: null }]);
      expect(await stores.payouts.accounts(site, [id])).toEqual(new Map());
      expect(JSON.stringify(await stores.people.optOuts(site, id))).not.toContain(gone.phone);
      expect(await stores.people.optOuts(site, id)).toMatchObject([
        { at: T0, optedOut: true, evidence: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      ]);
      const stored = await stores.sites.get(site);
      expect(stored?.version).toBe(2);
      expect(stored?.site.premises.map(({ owner }) => owner?.phone ?? null)).toEqual([null, stays.phone]);
      expect(await stores.people.erase(site, 'nobody', T0)).toBeNull();

      await put();
      const [back] = await stores.people.list(site, { phone: gone.phone, limit: 1 });
      expect(back).toMatchObject({ optedOut: true });
      expect(back?.id).not.toBe(id);
      await stores.outbox.optOut(site, gone.phone, false, 'asked for them again', T0 + 2);
      await put();
      expect(await stores.people.list(site, { phone: gone.phone, limit: 1 })).toMatchObject([
        { optedOut: false },
      ]);
    });

    it('of whom nothing was said are plain, and listed page by page', async () => {
      const { stores } = under();
      const site = newSite();
      const premises = Array.from({ length: 5 }, (_, i) =>
        premisesOf(String(i), person(`+861380000010${i}`)),
      );
      await stores.sites.put(siteOf(site, premises), {}, { by: 'u', at: T0 });
      const first = await stores.people.list(site, { limit: 3 });
      const rest = await stores.people.list(site, { limit: 3, after: first.at(-1)?.id ?? '' });
      expect(new Set([...first, ...rest].map(({ phone }) => phone)).size).toBe(5);
      expect(first[0]?.profile).toEqual(PLAIN_PROFILE);
    });
  });
}
