import type { Estimate, EstimateStore } from '../../../core/ports/estimate-store.ts';
import { toIso } from '../../../core/units/time.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql, Step } from '../sql.ts';
import { createBulk, rowsOf, step } from '../steps.ts';
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
    db.insertInto('estimate').values(
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
    ),
  );

  /** The estimates of one incident, replaced. */
  function replace(site: string, incident: string, estimates: readonly Estimate[]): readonly Step[] {
    const premises = [...new Set(estimates.map((estimate) => estimate.premises))].sort();
    const removals: Step[] = [];
    for (let at = 0; at < premises.length; at += REMOVED_AT_ONCE) {
      const old = db.deleteFrom('estimate').where('site', '=', site).where('incident', '=', incident);
      removals.push(step(old.where('premises', 'in', premises.slice(at, at + REMOVED_AT_ONCE))));
    }
    return [...removals, ...insert(estimates.map(estimateValues))];
  }

  function events(site: string, ofSite: readonly Estimate[]): readonly Step[] {
    const at = Math.max(...ofSite.map((estimate) => estimate.at));
    const incidents = [...groupBy(ofSite, ({ incident }) => incident)].map(([incident, estimates]) => ({
      incident,
      premises: new Set(estimates.map(({ premises }) => premises)).size,
      state: estimates.every(({ state }) => state === 'final') ? 'final' : 'running',
    }));
    return eventSteps(site, at, [{ type: 'estimate', body: { incidents, at: toIso(at) } }]);
  }

  return {
    async put(estimates) {
      if (estimates.length === 0) return;
      const bySite = [...groupBy(estimates, ({ site }) => site)].sort(([a], [b]) => (a < b ? -1 : 1));
      const rows = bySite.flatMap(([site, ofSite]) =>
        [...groupBy(ofSite, ({ incident }) => incident)].flatMap(([incident, ofIncident]) =>
          replace(site, incident, ofIncident),
        ),
      );
      await sql.run([...rows, ...bySite.flatMap(([site, ofSite]) => events(site, ofSite))]);
    },
    async ofIncident(site, incident) {
      const query = db
        .selectFrom('estimate')
        .selectAll()
        .where('site', '=', site)
        .where('incident', '=', incident);
      return (await rowsOf(sql, query.orderBy('premises').orderBy('scheme'))).map(estimateOf);
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
