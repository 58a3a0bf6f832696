import {
  type AttributionLine,
  attributed,
  withAttributions,
} from '../../../core/interruptions/attribution.ts';
import type { Interruption, LedgerEntry } from '../../../core/interruptions/interruption.ts';
import type { AttributionStore } from '../../../core/ports/attribution-store.ts';
import type { IncidentStore, IngestWrite } from '../../../core/ports/incident-store.ts';
import type { Dialect } from '../dialect.ts';
import { type Sql, UnmetStep } from '../sql.ts';
import { rowsOf } from '../steps.ts';
import type { DeliverySteps } from './delivery-steps.ts';
import type { EventSteps } from './event-steps.ts';
import { createIncidentBodies } from './incident-bodies.ts';
import { createIncidentWrite, STOPS } from './incident-write.ts';
import { createTurns } from './turns.ts';

export function createIncidentStore(
  sql: Sql,
  dialect: Dialect,
  deliveries: DeliverySteps,
  eventSteps: EventSteps,
  attributions: Pick<AttributionStore, 'ofIncidents'>,
): IncidentStore {
  const { db } = dialect;
  const stepsOf = createIncidentWrite(dialect, deliveries, eventSteps);

  const bodiesOf = createIncidentBodies(sql, dialect);
  const turns = createTurns();

  async function apply(write: IngestWrite): ReturnType<IncidentStore['apply']> {
    try {
      await sql.run(await stepsOf(write));
      return 'applied';
    } catch (error) {
      if (!(error instanceof UnmetStep)) throw error;
      if (error.step === 'lease') return STOPS.lease;
      if (error.step === 'position') return STOPS.position;
      throw error;
    }
  }

  function saidOf(site: string, interruptions: readonly Interruption[]): Promise<readonly AttributionLine[]> {
    const incidents = interruptions.flatMap(({ causes }) => causes.map(({ incident }) => incident));
    return attributions.ofIncidents(site, incidents);
  }

  return {
    // A large write is built in slices; a later one of the same site must not overtake it.
    apply: (write) => turns.take(write.site, () => apply(write)),

    async get(site, id) {
      const ref = db.selectFrom('incident').select(['site', 'id', 'position']);
      const found = await bodiesOf(await rowsOf(sql, ref.where('site', '=', site).where('id', '=', id)));
      return found[0] ?? null;
    },

    async list({ sites, states, kinds, open, before, limit }) {
      if (sites.length === 0 || states?.length === 0 || kinds?.length === 0) return [];
      let query = db.selectFrom('incident').select(['site', 'id', 'position']);
      if (sites !== 'all') query = query.where('site', 'in', sites);
      if (states !== undefined) query = query.where('state', 'in', states);
      if (kinds !== undefined) query = query.where('kind', 'in', kinds);
      if (open !== undefined) query = query.where('open', '=', open ? 1 : 0);
      if (before !== undefined) {
        const { at, id } = before;
        query = query.where((is) =>
          is.or([is('detected_at', '<', at), is.and([is('detected_at', '=', at), is('id', '<', id)])]),
        );
      }
      const rows = await rowsOf(sql, query.orderBy('detected_at', 'desc').orderBy('id', 'desc').limit(limit));
      return bodiesOf(rows);
    },

    async interruptions({ site, incident, premises, open, from, to, after, limit }) {
      let query = db
        .selectFrom('interruption')
        .select('body_json')
        .where('site', '=', site)
        .where('voided', '=', 0);
      if (typeof premises === 'string') query = query.where('premises', '=', premises);
      else if (premises !== undefined) query = query.where('premises', 'in', premises);
      if (open !== undefined) query = query.where('to_at', open ? 'is' : 'is not', null);
      if (to !== undefined) query = query.where('from_at', '<', to);
      if (from !== undefined)
        query = query.where((is) => is.or([is('to_at', 'is', null), is('to_at', '>', from)]));
      if (after !== undefined) {
        const { from: start, id } = after;
        query = query.where((is) =>
          is.or([is('from_at', '>', start), is.and([is('from_at', '=', start), is('id', '>', id)])]),
        );
      }
      if (incident !== undefined) {
        const caused = db.selectFrom('interruption_cause').select('interruption');
        query = query.where('id', 'in', caused.where('site', '=', site).where('incident', '=', incident));
      }
      const rows = await rowsOf(sql, query.orderBy('from_at').orderBy('id').limit(limit));
      const found = rows.map((row) => JSON.parse(row.body_json) as Interruption);
      const said = await saidOf(site, found);
      return found.map((one) => attributed(one, said));
    },

    async ledger(site, interruption) {
      const query = db
        .selectFrom('ledger')
        .select(['type', 'at', 'reason', 'body_json'])
        .where('site', '=', site)
        .where('interruption', '=', interruption)
        .orderBy('position')
        .orderBy('ordinal');
      const rows = await rowsOf(sql, query);
      const entries = rows.map(({ type, at, reason, body_json }): LedgerEntry => {
        return { type, at, reason, body: JSON.parse(body_json) as Interruption };
      });
      const said = await saidOf(
        site,
        entries.map(({ body }) => body),
      );
      return withAttributions(
        entries,
        said.filter((line) => line.interruption === null || line.interruption === interruption),
      );
    },
  };
}
