import type { Lifecycle } from '../core/ports/lifecycle.ts';
import { incidentsIn } from './changed-incidents.ts';
import { createDailyProof } from './daily-proof.ts';
import { SETTLEMENT_LIMITS, type SettlementDeps } from './deps.ts';
import { createIncidentEstimates } from './incident-estimates.ts';
import { incidentsToldOf } from './incidents-told-of.ts';

/** Its cursor in the event log. */
const CONSUMER = 'settlement';
const ROWS = 1_000;
const INCIDENTS = 500;

/**
 * Keeps an estimate of what is owed for every premises of every incident: running while supply is away, final when it is
 * back, renewed when late data changes the ledger. The cursor moves only after the estimates are stored, and storing what
 * is already there changes nothing, so being killed anywhere costs a repetition and no more.
 */
export function createSettlement(deps: SettlementDeps): Lifecycle {
  const limits = { ...SETTLEMENT_LIMITS, ...deps.limits };
  const { clock, log, telemetry } = deps;
  const bringUpToDate = createIncidentEstimates(deps);
  const prove = createDailyProof(deps);
  /** When the running estimates of a site were last renewed, on the monotonic clock. */
  const renewed = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = true;
  let unsubscribe = (): void => {};

  async function follow(site: string): Promise<void> {
    for (let after = await deps.events.cursor(CONSUMER, site); !stopped; ) {
      const rows = await deps.events.read(site, after, ROWS);
      const last = rows.at(-1);
      if (last === undefined) return;
      const moved = new Set(rows.flatMap(incidentsIn));
      const stored = deps.sites.get(site);
      if (stored !== undefined)
        for (const row of rows)
          for (const incident of await incidentsToldOf(deps.incidents, stored, row)) moved.add(incident);
      await followOn(site, moved);
      if (stopped) return;
      await deps.events.advance(CONSUMER, site, last.seq);
      after = last.seq;
    }
  }

  /** A change of one incident may move those after it, never those before: it comes to an end. */
  async function followOn(site: string, incidents: ReadonlySet<string>): Promise<void> {
    const waiting = new Set(incidents);
    for (const incident of waiting) {
      if (stopped) return;
      waiting.delete(incident);
      for (const later of await bringUpToDate(site, incident)) waiting.add(later);
    }
  }

  /** Time passes without event rows: open incidents cost more. */
  async function renew(site: string): Promise<void> {
    const now = clock.monotonic();
    if (now - (renewed.get(site) ?? Number.NEGATIVE_INFINITY) < limits.refresh_ms) return;
    const open = await deps.incidents.list({ sites: [site], open: true, limit: INCIDENTS });
    if (open.length === INCIDENTS) telemetry.count('relight_settlement_truncated_total');
    const stillDark = await deps.incidents.interruptions({ site, open: true, limit: ROWS });
    const incidents = new Set([
      ...open.map(({ id }) => id),
      ...stillDark.flatMap(({ causes }) => causes.map(({ incident }) => incident)),
    ]);
    await followOn(site, incidents);
    if (stopped) return;
    renewed.set(site, now);
  }

  async function round(): Promise<void> {
    for (const { site } of deps.sites.all()) {
      const { id } = site.site;
      try {
        await follow(id);
        await renew(id);
        await prove(id);
      } catch (error) {
        telemetry.count('relight_settlement_errors_total');
        log.error('estimates could not be brought up to date; they will be tried again', {
          site: id,
          holder: deps.holder,
          error: String(error),
        });
      }
    }
  }

  /** The earlier of two wishes for a next round counts. */
  let dueAt = Number.POSITIVE_INFINITY;
  function schedule(delay_ms: number): void {
    const at = clock.monotonic() + delay_ms;
    if (stopped || running !== undefined || at >= dueAt) {
      if (running !== undefined) again = true;
      return;
    }
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, delay_ms);
  }

  let again = false;
  function run(): void {
    dueAt = Number.POSITIVE_INFINITY;
    again = false;
    running = round().finally(() => {
      running = undefined;
      schedule(again ? limits.gather_ms : limits.poll_ms);
    });
  }

  return {
    start() {
      stopped = false;
      unsubscribe = deps.bus.subscribe('events', () => schedule(limits.gather_ms));
      schedule(0);
      return Promise.resolve();
    },
    async stop() {
      stopped = true;
      unsubscribe();
      clearTimeout(timer);
      dueAt = Number.POSITIVE_INFINITY;
      await running;
    },
  };
}
