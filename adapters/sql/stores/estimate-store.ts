import type { Estimate, EstimateStore } from '../../../core/ports/estimate-store.ts';
import { toIso } from '../../../core/units/time.ts';
import type { Dialect } from '../dialect.ts';
import { byCodePoint } from '../order.ts';
import { createPace, type Pace } from '../pace.ts';
import type { Sql, Step } from '../sql.ts';
import { chunksOf, createBulk, rowsOf, step } from '../steps.ts';
import type { EstimateTable } from '../tables.ts';
import type { EventSteps } from './event-steps.ts';

type EstimateValues = readonly [
  site: string,
  incident: string,
  premises: string,
  scheme: string,
  state: 'running' | 'final',
  minutes: number,
  amount_minor: number,
  currency: string,
  trace: string,
  refused: string | null,
  at: number,
];

/** Premises whose old estimates one statement removes. */
const REMOVED_AT_ONCE = 500;

export function createEstimateStore(sql: Sql, { db }: Dialect, eventSteps: EventSteps): EstimateStore {
  const insert = createBulk<EstimateValues>((rows) =>
    db
      .insertInto('estimate')
      .values(
        rows.map(
          ([
            site,
            incident,
            premises,
            scheme,
            state,
            minutes,
            amount_minor,
            currency,
            trace_json,
            refused_json,
            at,
          ]) => ({
            site,
            incident,
            premises,
            scheme,
            state,
            minutes,
            amount_minor,
            currency,
            trace_json,
            refused_json,
            at,
          }),
        ),
      )
      .onConflict((conflict) =>
        conflict.columns(['site', 'incident', 'premises', 'scheme']).doUpdateSet((excluded) => ({
          state: excluded.ref('excluded.state'),
          minutes: excluded.ref('excluded.minutes'),
          amount_minor: excluded.ref('excluded.amount_minor'),
          currency: excluded.ref('excluded.currency'),
          trace_json: excluded.ref('excluded.trace_json'),
          refused_json: excluded.ref('excluded.refused_json'),
          at: excluded.ref('excluded.at'),
        })),
      ),
  );

  /** The estimates of one incident, replaced. */
  async function replace(
    site: string,
    incident: string,
    estimates: readonly Estimate[],
    pace: Pace,
  ): Promise<readonly Step[]> {
    const premises = [...new Set(estimates.map((estimate) => estimate.premises))].sort(byCodePoint);
    const removals = chunksOf(premises, REMOVED_AT_ONCE).map((some) => {
      const old = db.deleteFrom('estimate').where('site', '=', site).where('incident', '=', incident);
      return step(old.where('premises', 'in', some));
    });
    const newest = new Map(
      estimates.map((estimate) => [`${estimate.premises} ${estimate.scheme}`, estimate]),
    );
    return [...removals, ...(await insert([...newest.values()], estimateValues, pace))];
  }

  function events(site: string, ofSite: readonly Estimate[], pace: Pace): Promise<readonly Step[]> {
    const at = Math.max(...ofSite.map((estimate) => estimate.at));
    const incidents = [...groupBy(ofSite, ({ incident }) => incident)].map(([incident, estimates]) => ({
      incident,
      premises: new Set(estimates.map(({ premises }) => premises)).size,
      state: estimates.every(({ state }) => state === 'final') ? 'final' : 'running',
    }));
    return eventSteps(site, at, [{ type: 'estimate', body: () => ({ incidents, at: toIso(at) }) }], pace);
  }

  return {
    async put(estimates) {
      if (estimates.length === 0) return;
      const bySite = [...groupBy(estimates, ({ site }) => site)].sort(([a], [b]) => byCodePoint(a, b));
      const pace = createPace();
      const steps: Step[] = [];
      for (const [site, ofSite] of bySite) {
        for (const [incident, ofIncident] of groupBy(ofSite, (estimate) => estimate.incident)) {
          steps.push(...(await replace(site, incident, ofIncident, pace)));
        }
      }
      // Counter rows last and in order of site: they are what other writers wait for.
      for (const [site, ofSite] of bySite) steps.push(...(await events(site, ofSite, pace)));
      await sql.run(steps);
    },
    async ofIncident(site, incident) {
      const query = db
        .selectFrom('estimate')
        .selectAll()
        .where('site', '=', site)
        .where('incident', '=', incident);
      return (await rowsOf(sql, query.orderBy('premises').orderBy('scheme'))).map(estimateOf);
    },
    async refused(site, { after, limit }) {
      let query = db
        .selectFrom('estimate')
        .selectAll()
        .where('site', '=', site)
        .where('refused_json', 'is not', null);
      if (after !== undefined) {
        const { incident, premises } = after;
        query = query.where((is) =>
          is.or([
            is('incident', '>', incident),
            is.and([is('incident', '=', incident), is('premises', '>', premises)]),
          ]),
        );
      }
      const rows = await rowsOf(sql, query.orderBy('incident').orderBy('premises').limit(limit));
      return rows.map(estimateOf);
    },
    async ofPremises(site, premises) {
      const query = db
        .selectFrom('estimate')
        .selectAll()
        .where('site', '=', site)
        .where('premises', '=', premises);
      return (await rowsOf(sql, query.orderBy('at', 'desc').orderBy('incident'))).map(estimateOf);
    },
  };
}

function estimateValues(estimate: Estimate): EstimateValues {
  const { site, incident, premises, scheme, state, minutes, amount_minor, currency, trace, refused, at } =
    estimate;
  const reasons = refused === null ? null : JSON.stringify(refused);
  return [
    site,
    incident,
    premises,
    scheme,
    state,
    minutes,
    amount_minor,
    currency,
    JSON.stringify(trace),
    reasons,
    at,
  ];
}

function estimateOf({ trace_json, refused_json, ...row }: EstimateTable): Estimate {
  const trace = JSON.parse(trace_json) as Estimate['trace'];
  const refused = refused_json === null ? null : (JSON.parse(refused_json) as Estimate['refused']);
  return { ...row, trace, refused };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
