import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DarkReport } from '../../core/feedback/feedback.ts';
import { announce, isPlanRefusal } from '../../core/planned/change.ts';
import { duePlanSteps, takePlanSteps } from '../../core/planned/due-steps.ts';
import type { PlannedOutage } from '../../core/planned/outage.ts';
import { PLANNED_DEFAULTS } from '../../core/planned/settings.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { noticeOf, person, premisesOf, siteOf, T0 } from './stores-builders.ts';

const HOUR = 3_600_000;
const PHONE = '+8613900000009';

/** What every implementation promises about planned outages, and what owners say. */
export function describeOwners(
  under: () => { readonly stores: Stores; readonly all: readonly Stores[] },
): void {
  const newSite = (): string => `s-${randomUUID()}`;

  function planned(site: string, id = 'p1', from = T0 + 200 * HOUR): PlannedOutage {
    const rules = { required_h: [24], ahead_h: [168, 24], grace_s: 900 };
    const about = {
      id,
      site,
      work: 'repair',
      note: null,
      rules,
      nodes: ['R1'],
      from,
      to: from + HOUR,
    } as const;
    const plan = announce(about, { by: 'u', at: T0 });
    if (isPlanRefusal(plan)) throw new Error(plan.refused);
    return { ...plan, bound: plan.version };
  }
  const owed = (stage: 'planned_ahead' | 'planned_cancelled', revision = 1) => ({
    ...noticeOf(PHONE),
    incident: 'p1',
    stage,
    revision,
    premises: ['1'],
  });

  describe('planned outages', () => {
    it('are added once, and change by one of many at once with what they owe, or not at all', async () => {
      const { stores, all } = under();
      const site = newSite();
      const plan = planned(site);
      const added = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          (all[i % all.length] ?? stores).planned.add({ plan, notices: [], at: T0 }),
        ),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      const write = { plan: takePlanSteps(plan, []), notices: [owed('planned_ahead')], at: T0 };
      const saved = await Promise.all(
        Array.from({ length: 6 }, (_, i) => (all[i % all.length] ?? stores).planned.save(write, 1)),
      );
      expect(saved.filter(Boolean)).toHaveLength(1);
      expect(await stores.planned.get(site, 'p1')).toEqual({ plan, version: 2 });
      expect(await stores.outbox.list({ site, limit: 9 })).toMatchObject([
        { subject: 'p1', stage: 'planned_ahead', audience: 'owner' },
      ]);
    });

    it('fall due when their next step does, and no more once it is taken', async () => {
      const { stores } = under();
      const site = newSite();
      const plan = planned(site);
      await stores.planned.add({ plan, notices: [], at: T0 });
      const mine = async (at: number) =>
        (await stores.planned.due(at, 10_000)).filter((one) => one.plan.site === site);
      const first = plan.from - 168 * HOUR;
      expect(await mine(first - 1)).toEqual([]);
      expect(await mine(first)).toHaveLength(1);
      const steps = duePlanSteps(plan, 'on_or_unknown', first);
      await stores.planned.save({ plan: takePlanSteps(plan, steps), notices: [], at: first }, 1);
      expect(await mine(first)).toEqual([]);
    });

    it('are listed by site, page by page, those over apart', async () => {
      const { stores } = under();
      const site = newSite();
      for (const [i, id] of ['a', 'b', 'c'].entries()) {
        await stores.planned.add({ plan: planned(site, id, T0 + (200 + i) * HOUR), notices: [], at: T0 });
      }
      await stores.planned.save(
        { plan: { ...planned(site, 'b'), state: 'cancelled' }, notices: [], at: T0 },
        1,
      );
      const ids = async (query: object) =>
        (await stores.planned.list({ site, limit: 9, ...query })).map(({ plan }) => plan.id);
      expect(await ids({ active: true })).toEqual(['c', 'a']);
      expect(await ids({ active: false })).toEqual(['b']);
      expect(await ids({ before: { at: T0 + 202 * HOUR, id: 'c' }, active: true })).toEqual(['a']);
    });

    it('keep the settings of their site', async () => {
      const { stores } = under();
      const site = newSite();
      expect(await stores.planned.settings(site)).toEqual(PLANNED_DEFAULTS);
      const settings = { required_h: [48], ahead_h: [48], segmentPrice: null };
      await stores.planned.putSettings(site, settings, T0);
      expect(await stores.planned.settings(site)).toEqual(settings);
    });
  });

  describe('messages that belong to no other write', () => {
    it('are owed once per key, and read back by whom they were owed to', async () => {
      const { stores } = under();
      const site = newSite();
      const notices = [owed('planned_ahead')];
      await stores.outbox.owe(site, notices, T0);
      await stores.outbox.owe(site, notices, T0);
      const [only, ...more] = await stores.outbox.toOwners(site, 'p1');
      expect(only).toMatchObject({
        recipient: PHONE,
        stage: 'planned_ahead',
        premises: ['1'],
        state: 'owed',
      });
      expect(more).toEqual([]);
    });

    it('count as told once they have left', async () => {
      const { stores } = under();
      const site = newSite();
      await stores.outbox.owe(site, [owed('planned_ahead')], T0);
      const [delivery] = await stores.outbox.list({ site, limit: 1 });
      if (delivery === undefined) throw new Error('nothing owed');
      const told = () => stores.outbox.wasTold(delivery, ['planned_ahead']);
      expect(await told()).toBe(false);
      await stores.outbox.record(delivery.id, { state: 'sent', at: T0 });
      expect(await told()).toBe(true);
      expect(await stores.outbox.wasTold(delivery, ['lost'])).toBe(false);
    });
  });

  describe('what owners say', () => {
    it('is found by the beginning of their id, of people who can be reached only', async () => {
      const { stores } = under();
      const site = newSite();
      await stores.sites.put(
        siteOf(site, [premisesOf('1', person(PHONE))]),
        {},
        { by: 'u', at: T0, ifVersion: 0 },
      );
      const [known] = await stores.people.list(site, { limit: 1 });
      const short = known?.id.slice(0, 8) ?? '';
      expect(await stores.owners.startingWith(short, 9)).toContainEqual({ site, id: known?.id });
      expect(await stores.owners.startingWith('--------', 9)).toEqual([]);
    });

    it('replaces what the same person said before, and is summed per incident', async () => {
      const { stores } = under();
      const site = newSite();
      const rate = (
        incident: string,
        who: string,
        rating: 1 | 2 | 5,
        at: number,
        comment: string | null = null,
      ) => stores.owners.rate({ site, incident, person: who, at, rating, comment });
      await rate('i1', 'a', 5, T0);
      await rate('i1', 'a', 1, T0 + 1, 'slow');
      await rate('i1', 'b', 2, T0 + 2);
      await rate('i2', 'b', 5, T0 + 3);
      expect(await stores.owners.summaries(site, { limit: 9 })).toEqual([
        { incident: 'i2', ratings: 1, average: 5, comments: 0, lastAt: T0 + 3 },
        { incident: 'i1', ratings: 2, average: 1.5, comments: 1, lastAt: T0 + 2 },
      ]);
      expect(await stores.owners.summaries(site, { before: T0 + 3, limit: 9 })).toHaveLength(1);
      expect(await stores.owners.ratingsOf(site, { person: 'a' }, 9)).toMatchObject([
        { rating: 1, comment: 'slow' },
      ]);
      expect(await stores.owners.ratingsOf(site, { incident: 'i1' }, 9)).toHaveLength(2);
    });

    it('that it is dark stays until somebody has handled it, once', async () => {
      const { stores } = under();
      const site = newSite();
      const report: DarkReport = {
        site,
        id: randomUUID(),
        incident: null,
        premises: '1',
        person: 'a',
        at: T0,
        note: 'fridge',
        handled: null,
      };
      const notice = {
        ...noticeOf('staff'),
        incident: report.id,
        stage: 'still_dark',
        audience: 'staff',
      } as const;
      await stores.owners.report(report, [notice]);
      expect(await stores.owners.reports({ site, open: true, premises: ['1'], limit: 9 })).toEqual([report]);
      expect(await stores.owners.reports({ site, premises: ['2'], limit: 9 })).toEqual([]);
      expect(await stores.outbox.list({ site, limit: 9 })).toMatchObject([
        { stage: 'still_dark', subject: report.id },
      ]);
      const handled = { at: T0 + 1, by: 'u', outcome: 'fuse' };
      expect(await stores.owners.handle(site, report.id, handled)).toBe(true);
      expect(await stores.owners.handle(site, report.id, handled)).toBe(false);
      expect(await stores.owners.reportOf(site, report.id)).toEqual({ ...report, handled });
      expect(await stores.owners.reports({ site, open: true, limit: 9 })).toEqual([]);
    });
  });
}
