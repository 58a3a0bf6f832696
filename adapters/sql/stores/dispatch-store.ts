import { sql as raw } from 'kysely';
import { runningClock } from '../../../core/dispatch/clocks.ts';
import { type Dispatch, isEnded } from '../../../core/dispatch/dispatch.ts';
import { nextStepAt } from '../../../core/dispatch/due-steps.ts';
import type {
  DispatchStore,
  DispatchWrite,
  Photo,
  StoredDispatch,
} from '../../../core/ports/dispatch-store.ts';
import { toIso } from '../../../core/units/time.ts';
import type { Dialect } from '../dialect.ts';
import { createPace } from '../pace.ts';
import { type Sql, type Step, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { DispatchTable } from '../tables.ts';
import type { DeliverySteps } from './delivery-steps.ts';
import type { EventSteps } from './event-steps.ts';
import { createInformed } from './informed.ts';
import { noticeEvents } from './notice-events.ts';

const WRITE = 'dispatch';
const LINK_KEY = 'links';

export function createDispatchStore(
  sql: Sql,
  dialect: Dialect,
  deliveries: DeliverySteps,
  eventSteps: EventSteps,
): DispatchStore {
  const { db } = dialect;

  /** False when the first step affected nothing: then nothing of the run was kept. */
  async function commit(first: Step, { dispatch, notices, at }: DispatchWrite): Promise<boolean> {
    const pace = createPace();
    const events = [
      { type: 'dispatch' as const, body: () => eventBody(dispatch, at) },
      ...noticeEvents(notices),
    ];
    try {
      await sql.run([
        first,
        ...(await deliveries(dispatch.site, notices, pace)),
        ...(await eventSteps(dispatch.site, at, events, pace)),
      ]);
      return true;
    } catch (error) {
      if (error instanceof UnmetStep && error.step === WRITE) return false;
      throw error;
    }
  }

  return {
    open(write) {
      const insert = db
        .insertInto('dispatch')
        .values({ id: write.dispatch.id, version: 1, ...rowOf(write.dispatch) })
        .onConflict((conflict) => conflict.columns(['site', 'incident']).doNothing());
      return commit(step(insert, { name: WRITE, affected: 1 }), write);
    },

    save(write, ifVersion) {
      const update = db
        .updateTable('dispatch')
        .set({ ...rowOf(write.dispatch), version: ifVersion + 1 })
        .where('id', '=', write.dispatch.id)
        .where('version', '=', ifVersion);
      return commit(step(update, { name: WRITE, affected: 1 }), write);
    },

    async ofIncident(site, incident) {
      const query = db.selectFrom('dispatch').selectAll().where('site', '=', site);
      return storedOrNull(await firstOf(sql, query.where('incident', '=', incident)));
    },

    async byId(id) {
      return storedOrNull(await firstOf(sql, db.selectFrom('dispatch').selectAll().where('id', '=', id)));
    },

    async list({ site, active, before, limit }) {
      let query = db.selectFrom('dispatch').selectAll().where('site', '=', site);
      if (active !== undefined) query = query.where('active', '=', active ? 1 : 0);
      if (before !== undefined) {
        const { at, id } = before;
        query = query.where((is) =>
          is.or([is('opened_at', '<', at), is.and([is('opened_at', '=', at), is('id', '<', id)])]),
        );
      }
      return (await rowsOf(sql, query.orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(limit))).map(
        storedOf,
      );
    },

    async due(now, limit) {
      const query = db
        .selectFrom('dispatch')
        .selectAll()
        .where((is) => is.or([is('look_at', '<=', now), is('informing', '=', 1)]))
        // Those with a step due first: the others are only asked after.
        .orderBy(raw`coalesce(look_at, ${raw.lit(Number.MAX_SAFE_INTEGER)})`)
        .orderBy('id')
        .limit(limit);
      return (await rowsOf(sql, query)).map(storedOf);
    },

    async ofPhone(phone, limit) {
      const query = db
        .selectFrom('dispatch')
        .innerJoin('person', 'person.site', 'dispatch.site')
        .selectAll('dispatch')
        .select('person.id as person')
        .where('person.phone', '=', phone)
        .where('dispatch.active', '=', 1)
        .orderBy('dispatch.opened_at', 'desc')
        .limit(limit);
      return (await rowsOf(sql, query)).map((row) => ({ ...storedOf(row), person: row.person }));
    },

    informed: createInformed(sql, dialect),

    async linkKey(fresh) {
      const insert = db
        .insertInto('signing_key')
        .values({ name: LINK_KEY, secret: fresh })
        .onConflict((conflict) => conflict.doNothing());
      const read = db.selectFrom('signing_key').select('secret').where('name', '=', LINK_KEY);
      const [, found] = await sql.run([step(insert), step(read)]);
      return found.rows[0]?.secret ?? fresh;
    },

    async addPhoto({ by, ...photo }) {
      await sql.run([step(db.insertInto('dispatch_photo').values({ ...photo, given_by: by }))]);
    },

    async photosStored(site, incident) {
      const of = db.selectFrom('dispatch_photo').where('site', '=', site);
      const [counted, summed] = await sql.run([
        step(of.select((count) => count.fn.countAll<number>().as('n')).where('incident', '=', incident)),
        step(of.select(raw<number | null>`sum(length(base64))`.as('n'))),
      ]);
      return { ofIncident: Number(counted.rows[0]?.n ?? 0), characters: Number(summed.rows[0]?.n ?? 0) };
    },

    async photo(site, id) {
      const query = db.selectFrom('dispatch_photo').selectAll().where('site', '=', site).where('id', '=', id);
      const row = await firstOf(sql, query);
      if (row === null) return null;
      const { given_by: by, type, ...rest } = row;
      // Only `addPhoto` writes the type, from a Photo.
      return { ...rest, by, type: type as Photo['type'] };
    },
  };
}

function rowOf(dispatch: Dispatch): Omit<DispatchTable, 'id' | 'version'> {
  return {
    site: dispatch.site,
    incident: dispatch.incident,
    state: dispatch.state,
    active: isEnded(dispatch) ? 0 : 1,
    opened_at: dispatch.openedAt,
    look_at: nextStepAt(dispatch),
    informing: runningClock(dispatch, 'informed') === null ? 0 : 1,
    body_json: JSON.stringify(dispatch),
  };
}

function storedOf(row: DispatchTable): StoredDispatch {
  return { dispatch: JSON.parse(row.body_json) as Dispatch, version: row.version };
}

function storedOrNull(row: DispatchTable | null): StoredDispatch | null {
  return row === null ? null : storedOf(row);
}

function eventBody({ incident, state, severity, engineer }: Dispatch, at: number): object {
  return { incident, state, severity, engineer, at: toIso(at) };
}
