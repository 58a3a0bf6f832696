import { afterEach, describe, expect, it, test } from 'vitest';
import { advance } from '../../core/dispatch/advance.ts';
import { isRefused } from '../../core/dispatch/refusal.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { DispatchStore } from '../../core/ports/dispatch-store.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import { incidentOf, lostNotices, siteOf } from '../support/alerting-world.ts';
import { createDispatchWorld, type DispatchWorld, engineerPhone } from '../support/dispatch-world.ts';

const site = siteOf(3);
let world: DispatchWorld;
let running: Lifecycle[] = [];

async function begin(): Promise<void> {
  world = await createDispatchWorld(site);
  await start();
}
async function start(): Promise<void> {
  const part = world.part();
  await part.start();
  running.push(part);
}
async function stop(): Promise<void> {
  for (const one of running.splice(0)) await one.stop();
}
afterEach(async () => {
  await stop();
  running = [];
  await world.close();
});

const incident = (over: Partial<Incident> = {}): Incident => {
  const { at } = world.now;
  return incidentOf(site, { onset: at, onsetEarliest: at, detectedAt: at, ...over });
};
const happens = async (over: Partial<Incident> = {}): Promise<void> => {
  await world.owe(incident(over), []);
  world.bus.publish('events', { site: 's1', seq: 0 });
  await world.quiet();
};

/** What staff are owed about dispatches, `stage recipient-phone revision`. */
async function owed(): Promise<readonly string[]> {
  const all = await world.stores.outbox.list({ site: 's1', limit: 1_000 });
  const people = await world.stores.outbox.recipients('s1', [
    ...new Set(all.map(({ recipient }) => recipient)),
  ]);
  const phones = new Map(people.map(({ id, phone }) => [id, phone]));
  return all
    .filter(({ audience }) => audience === 'staff')
    .map(({ stage, recipient, revision }) => `${stage} ${phones.get(recipient) ?? recipient} ${revision}`)
    .sort();
}

async function accept(engineer: string, move: 'accept' | 'arrive' = 'accept'): Promise<void> {
  const stored = await world.stores.dispatches.ofIncident('s1', 'i1');
  if (stored === null) throw new Error('no dispatch');
  const after = advance(stored.dispatch, { move, engineer, by: engineer, at: world.now.at });
  if (isRefused(after)) throw new Error(after.refused);
  await world.stores.dispatches.save({ dispatch: after, notices: [], at: world.now.at }, stored.version);
  world.bus.publish('events', { site: 's1', seq: 0 });
  await world.quiet();
}

describe('an outage', () => {
  it('opens one dispatch and asks the first on call, with a message that leaves once', async () => {
    await begin();
    await happens();
    expect(await world.dispatchOf('i1')).toMatchObject({
      state: 'offered',
      offers: [{ engineer: 'e1', answer: 'open' }],
    });
    expect(await owed()).toEqual([`offer ${engineerPhone('e1')} 1`]);
    const sender = world.sender();
    await sender.start();
    running.push(sender);
    await world.settled();
    expect(world.double.accepted).toHaveLength(1);
    expect(world.double.accepted[0]).toMatchObject({ to: engineerPhone('e1') });
    expect(world.double.accepted[0]?.body).toMatch(
      /^【金文大厦】派单：7栋总开关，.+起停电，影响3户。回复4821接单，4821 2到场，4821 0拒单，或点击 https:\/\/relight\.test\/d\/d1-1\.1\.[\w-]{22} 。编号i1-1$/,
    );
  });

  it('that is announced, only a lost link, or found when over, sends nobody', async () => {
    await begin();
    await happens({ id: 'p1', planned: 'w1' });
    await happens({ id: 'c1', kind: 'communication' });
    await happens({ id: 'r1', state: 'restored', restoredAt: world.now.at });
    for (const id of ['p1', 'c1', 'r1']) expect(await world.dispatchOf(id)).toBeNull();
  });

  it('without an answer is offered to the next, and the desk hears of it in time', async () => {
    await begin();
    await happens();
    world.pass(6);
    await world.quiet();
    expect(
      (await world.dispatchOf('i1'))?.offers.map(({ engineer, answer }) => `${engineer} ${answer}`),
    ).toEqual(['e1 lapsed', 'e2 open']);
    // Asked at 0, 6 and 11.5 minutes; warned at 12, late at 15.
    for (const minutes of [5.5, 2, 2.4]) {
      world.pass(minutes);
      await world.quiet();
    }
    expect(await owed()).toEqual(
      [
        // The desk has no telephone: who is on call stands in for it.
        'dispatch_escalation staff 1',
        `dispatch_escalation ${engineerPhone('e1')} 1`,
        `dispatch_warning ${engineerPhone('e3')} 1`,
        `offer ${engineerPhone('e1')} 1`,
        `offer ${engineerPhone('e2')} 1`,
        `offer ${engineerPhone('e3')} 1`,
      ].sort(),
    );
  });

  it('that was none, or ended before anybody set out, stands the engineer down', async () => {
    await begin();
    await happens();
    await happens({ state: 'retracted' });
    expect(await world.dispatchOf('i1')).toMatchObject({ state: 'retracted' });
    await happens({ id: 'i2' });
    await happens({ id: 'i2', state: 'restored', restoredAt: world.now.at });
    expect(await world.dispatchOf('i2')).toMatchObject({ state: 'stood_down' });
    expect((await owed()).filter((line) => line.startsWith('stand_down'))).toHaveLength(2);
  });

  it('that becomes part of another hands its engineer over', async () => {
    await begin();
    await happens({ id: 'i2' });
    await happens();
    await accept((await world.dispatchOf('i1'))?.offers[0]?.engineer ?? '');
    const engineer = (await world.dispatchOf('i1'))?.engineer;
    await happens({ state: 'merged', mergedInto: 'i2' });
    expect(await world.dispatchOf('i1')).toMatchObject({ state: 'retracted' });
    expect(await world.dispatchOf('i2')).toMatchObject({ state: 'accepted', engineer });
  });

  it('closed by supply starts the return visit, and its clock is watched', async () => {
    await begin();
    await happens();
    await accept('e1');
    await accept('e1', 'arrive');
    world.pass(20);
    await happens({ state: 'restored', restoredAt: world.now.at });
    expect(await world.dispatchOf('i1')).toMatchObject({ state: 'restored', engineer: 'e1' });
    world.pass(20 * 60);
    await world.quiet();
    const lines = await owed();
    expect(lines).toContain(`go_back ${engineerPhone('e1')} 1`);
    expect(lines).toContain(`return_visit_warning ${engineerPhone('e1')} 1`);
    expect(lines.some((line) => line.startsWith('return_visit_escalation'))).toBe(false);
  });

  it('is urgent where somebody depends on supply', async () => {
    await begin();
    const profile = { channels: ['sms' as const], quiet: null, vulnerable: false, medicalDevice: true };
    const phone = site.premises[0]?.owner?.phone ?? '';
    await world.stores.people.putProfiles('s1', [{ phone, profile }]);
    await happens();
    expect(await world.dispatchOf('i1')).toMatchObject({ severity: 'urgent' });
  });
});

describe('the owners’ clock', () => {
  const informed = async () =>
    (await world.dispatchOf('i1'))?.clocks.find(({ clock }) => clock === 'informed')?.stoppedAt ?? null;

  it('stops when they have their message and an estimate, not with one of the two', async () => {
    await begin();
    await world.owe(incident(), lostNotices(site, 'i1'));
    world.bus.publish('events', { site: 's1', seq: 0 });
    const sender = world.sender();
    await sender.start();
    running.push(sender);
    await world.settled();
    await world.quiet();
    expect(await informed()).toBeNull();
    await world.stores.estimates.put([
      {
        site: 's1',
        incident: 'i1',
        premises: '1000',
        scheme: 'x',
        state: 'running',
        minutes: 1,
        amount_minor: 1,
        currency: 'CNY',
        trace: [],
        refused: null,
        at: world.now.at + 1_000,
      },
    ]);
    world.pass(1);
    await world.quiet();
    expect(await informed()).toBeGreaterThanOrEqual(world.now.at - 59_000);
  });

  it('escalates while a message waits for a person', async () => {
    await begin();
    await world.owe(incident(), lostNotices(site, 'i1'));
    world.bus.publish('events', { site: 's1', seq: 0 });
    await world.quiet();
    await accept('e1');
    await accept('e1', 'arrive');
    world.pass(121);
    await world.quiet();
    expect((await owed()).filter((line) => line.startsWith('informed'))).toEqual(
      [
        'informed_escalation staff 1',
        `informed_escalation ${engineerPhone('e1')} 1`,
        `informed_warning ${engineerPhone('e1')} 1`,
      ].sort(),
    );
  });
});

describe('a process that dies', () => {
  /** A store whose n-th write dies before or after its effect: nothing of that process has any effect afterwards. */
  function deadly(store: DispatchStore, nth: number, when: 'before' | 'after'): DispatchStore {
    let seen = 0;
    let dead = false;
    const silence = new Promise<never>(() => {});
    const edge = async <T>(write: () => Promise<T>): Promise<T> => {
      seen += 1;
      if (dead || (seen === nth && when === 'before')) {
        dead = true;
        return await silence;
      }
      const result = await write();
      if (seen < nth) return result;
      dead = true;
      return await silence;
    };
    return {
      ...store,
      open: (...given) => edge(() => store.open(...given)),
      save: (...given) => edge(() => store.save(...given)),
      due: (...given) => (dead ? silence : store.due(...given)),
    };
  }

  const deaths = [1, 2, 3, 4, 5].flatMap((nth) => [[nth, 'before'] as const, [nth, 'after'] as const]);

  test.for(deaths)('at write %i, %s it, leaves what its successor makes whole', async ([nth, when]) => {
    world = await createDispatchWorld(site);
    const { dispatches } = world.stores;
    // Never stopped: a dead process answers nobody.
    const dying = world.part({ dispatches: deadly(dispatches, nth, when) });
    await dying.start();
    await world.owe(incident(), []);
    world.bus.publish('events', { site: 's1', seq: 0 });
    for (let i = 0; i < 8; i += 1) {
      world.pass(3);
      await new Promise((done) => setTimeout(done, 40));
    }
    await start();
    await world.quiet();
    world.pass(60);
    await world.quiet();
    const dispatch = await world.dispatchOf('i1');
    const keys = dispatch?.steps.map(({ key }) => key) ?? [];
    expect(new Set(keys).size).toBe(keys.length);
    for (const clock of ['dispatch', 'on_site'])
      for (const step of ['warning', 'escalation.1', 'escalation.2', 'escalation.3'])
        expect(keys).toContain(`${clock}.1.${step}`);
    const lines = await owed();
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.filter((line) => line.startsWith('dispatch_escalation'))).toHaveLength(
      Object.entries(dispatch?.told ?? {})
        .filter(([key]) => key.includes('dispatch_escalation'))
        .reduce((sum, [, revision]) => sum + revision, 0),
    );
  });

  it('is no worse than two at once', async () => {
    await begin();
    await start();
    await happens();
    for (let i = 0; i < 12; i += 1) {
      world.pass(4);
      await world.quiet();
    }
    const keys = (await world.dispatchOf('i1'))?.steps.map(({ key }) => key) ?? [];
    expect(new Set(keys).size).toBe(keys.length);
    const lines = await owed();
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.filter((line) => line.startsWith('offer'))).toHaveLength(3);
  });
});
