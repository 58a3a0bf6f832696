import { type Bench, benchAt, nextToAsk, reachableOf, suggestionsFor } from '../../core/dispatch/bench.ts';
import { type Dispatch, openOffer, SYSTEM } from '../../core/dispatch/dispatch.ts';
import type { ClockStep } from '../../core/dispatch/due-steps.ts';
import { offer } from '../../core/dispatch/offer.ts';
import { isRefused } from '../../core/dispatch/refusal.ts';
import { oweSteps } from '../../core/dispatch/tell.ts';
import { oweChange } from '../../core/dispatch/tell-change.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { DispatchWrite, StoredDispatch } from '../../core/ports/dispatch-store.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import type { DispatchingDeps } from './deps.ts';

/** Somebody else may change the same dispatch; each retry means that one of them got through. */
const ATTEMPTS = 20;
const ACTIVE_MAX = 1_000;

export interface Changed {
  readonly dispatch: Dispatch;
  /** Clock steps taken by the change, still to be told. */
  readonly steps?: readonly ClockStep[];
}

/** Stores what becomes of dispatches together with what people are owed for it, and nudges. */
export function createChanges(deps: DispatchingDeps) {
  const { stores, clock, bus, telemetry } = deps;

  async function benchOf(site: Site): Promise<Bench> {
    const { id, timeZone } = site.site;
    const file = await stores.staff.file(id);
    const active = await stores.dispatches.list({ site: id, active: true, limit: ACTIVE_MAX });
    return benchAt(
      file,
      active.map(({ dispatch }) => dispatch),
      timeZone,
      clock.now(),
    );
  }

  /** Nobody has been asked, or everybody asked has said no or nothing: the next one is. */
  function asked(dispatch: Dispatch, bench: Bench, site: Site, root: string, at: Instant): Dispatch {
    if (!waitsToBeAsked(dispatch) || !bench.settings.autoOffer) return dispatch;
    const kind = site.nodes.find(({ id }) => id === root)?.kind;
    const engineer = nextToAsk(dispatch, suggestionsFor(bench, kind));
    if (engineer === null) return dispatch;
    const outcome = offer(dispatch, { engineer, by: SYSTEM, at, code: deps.newCode() });
    return isRefused(outcome) ? dispatch : outcome;
  }

  async function complete(
    before: Dispatch,
    { dispatch, steps = [] }: Changed,
    root: string,
  ): Promise<DispatchWrite> {
    const site = deps.sites.get(dispatch.site)?.site;
    const at = clock.now();
    if (site === undefined) throw new Error(`Site ${dispatch.site} is not loaded`);
    const bench = await benchOf(site);
    const who = reachableOf(bench);
    const told = oweSteps(dispatch, steps, who, at);
    const after = asked(told.dispatch, bench, site, root, at);
    const changed = oweChange(before, after, who, at);
    return { dispatch: changed.dispatch, notices: [...told.notices, ...changed.notices], at };
  }

  function nudge({ dispatch, notices }: DispatchWrite): void {
    bus.publish('events', { site: dispatch.site, seq: 0 });
    if (notices.length > 0) bus.publish('notices', { site: dispatch.site });
    for (const { stage } of notices) telemetry.count('relight_dispatch_messages_total', { stage });
  }

  return {
    async open(dispatch: Dispatch, incident: Incident): Promise<void> {
      const write = await complete({ ...dispatch, offers: [] }, { dispatch }, incident.root);
      if (await stores.dispatches.open(write)) nudge(write);
    },

    /** Applies `change` to the dispatch as it now stands, again if somebody else was quicker; null changes nothing. */
    async apply(
      first: StoredDispatch,
      root: string,
      change: (dispatch: Dispatch) => Changed | null,
    ): Promise<void> {
      let stored: StoredDispatch | null = first;
      for (let attempt = 0; attempt < ATTEMPTS && stored !== null; attempt += 1) {
        const before: Dispatch = stored.dispatch;
        const changed = change(before);
        if (changed === null && !waitsToBeAsked(before)) return;
        const write = await complete(before, changed ?? { dispatch: before }, root);
        if (write.dispatch === before) return;
        if (await stores.dispatches.save(write, stored.version)) return nudge(write);
        telemetry.count('relight_dispatch_conflicts_total');
        stored = await stores.dispatches.byId(before.id);
      }
    },
  };
}

export type DispatchChanges = ReturnType<typeof createChanges>;

function waitsToBeAsked(dispatch: Dispatch): boolean {
  return dispatch.state === 'offered' && openOffer(dispatch) === null;
}
