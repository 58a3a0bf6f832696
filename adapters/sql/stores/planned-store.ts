import { nextPlanStepAt } from '../../../core/planned/due-steps.ts';
import { isOver, type PlannedOutage } from '../../../core/planned/outage.ts';
import { PLANNED_DEFAULTS, type PlannedSettings } from '../../../core/planned/settings.ts';
import type { PlannedStore, PlanWrite, StoredPlan } from '../../../core/ports/planned-store.ts';
import type { Dialect } from '../dialect.ts';
import { createPace } from '../pace.ts';
import { type Sql, type Step, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { PlannedOutageTable } from '../tables.ts';
import type { DeliverySteps } from './delivery-steps.ts';
import type { EventSteps } from './event-steps.ts';
import { noticeEvents } from './notice-events.ts';
import { createSiteDocuments } from './site-documents.ts';

const WRITE = 'plan';

export function createPlannedStore(
  sql: Sql,
  dialect: Dialect,
  deliveries: DeliverySteps,
  eventSteps: EventSteps,
): PlannedStore {
  const { db } = dialect;
  const documents = createSiteDocuments(sql, dialect);

  /** False when the first step affected nothing: then nothing of the run was kept. */
  async function commit(first: Step, { plan, notices, at }: PlanWrite): Promise<boolean> {
    const pace = createPace();
    const owed = await deliveries(plan.site, notices, pace);
    const events = await eventSteps(plan.site, at, noticeEvents(notices), pace);
    try {
      await sql.run([first, ...owed, ...events]);
      return true;
    } catch (error) {
      if (error instanceof UnmetStep && error.step === WRITE) return false;
      throw error;
    }
  }

  return {
    add(write) {
      const insert = db
        .insertInto('planned_outage')
        .values({ id: write.plan.id, version: 1, ...rowOf(write.plan) })
        .onConflict((conflict) => conflict.doNothing());
      return commit(step(insert, { name: WRITE, affected: 1 }), write);
    },

    save(write, ifVersion) {
      const update = db
        .updateTable('planned_outage')
        .set({ ...rowOf(write.plan), version: ifVersion + 1 })
        .where('site', '=', write.plan.site)
        .where('id', '=', write.plan.id)
        .where('version', '=', ifVersion);
      return commit(step(update, { name: WRITE, affected: 1 }), write);
    },

    async get(site, id) {
      const query = db.selectFrom('planned_outage').selectAll().where('site', '=', site).where('id', '=', id);
      const row = await firstOf(sql, query);
      return row === null ? null : storedOf(row);
    },

    async list({ site, active, before, limit }) {
      let query = db.selectFrom('planned_outage').selectAll().where('site', '=', site);
      if (active !== undefined) query = query.where('active', '=', active ? 1 : 0);
      if (before !== undefined) {
        const { at, id } = before;
        query = query.where((is) =>
          is.or([is('from_at', '<', at), is.and([is('from_at', '=', at), is('id', '<', id)])]),
        );
      }
      return (await rowsOf(sql, query.orderBy('from_at', 'desc').orderBy('id', 'desc').limit(limit))).map(
        storedOf,
      );
    },

    async due(now, limit) {
      const query = db
        .selectFrom('planned_outage')
        .selectAll()
        .where('look_at', '<=', now)
        .orderBy('look_at')
        .orderBy('site')
        .orderBy('id')
        .limit(limit);
      return (await rowsOf(sql, query)).map(storedOf);
    },

    async settings(site) {
      const row = await firstOf(sql, documents.read(site, 'planned'));
      return row === null ? PLANNED_DEFAULTS : (JSON.parse(row.body_json) as PlannedSettings);
    },

    async putSettings(site, settings, at) {
      await documents.put(site, 'planned', settings, at);
    },
  };
}

function rowOf(plan: PlannedOutage): Omit<PlannedOutageTable, 'id' | 'version'> {
  return {
    site: plan.site,
    state: plan.state,
    active: isOver(plan) ? 0 : 1,
    from_at: plan.from,
    look_at: nextPlanStepAt(plan),
    body_json: JSON.stringify(plan),
  };
}

function storedOf(row: PlannedOutageTable): StoredPlan {
  return { plan: JSON.parse(row.body_json) as PlannedOutage, version: row.version };
}
