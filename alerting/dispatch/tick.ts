import { runningClock } from '../../core/dispatch/clocks.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import { dueSteps, takeSteps } from '../../core/dispatch/due-steps.ts';
import { markInformed } from '../../core/dispatch/follow-incident.ts';
import type { Informed, StoredDispatch } from '../../core/ports/dispatch-store.ts';
import type { Instant } from '../../core/units/time.ts';
import type { Changed, DispatchChanges } from './change.ts';
import type { DispatchingDeps, DispatchingLimits } from './deps.ts';

const AT_ONCE = 500;

/** One look at every clock: takes the steps that have fallen due. */
export function createTick(
  deps: DispatchingDeps,
  limits: DispatchingLimits,
  changes: DispatchChanges,
): () => Promise<void> {
  const { stores, sites, clock, log, telemetry } = deps;
  /** When it was last asked whether the owners are informed, by dispatch, on the monotonic clock. */
  const askedAfter = new Map<string, number>();

  /** Since when the owners are informed; null: not yet, or not asked this time. */
  async function informedSince(dispatch: Dispatch): Promise<Instant | null> {
    if (runningClock(dispatch, 'informed') === null) return null;
    const now = clock.monotonic();
    if (now - (askedAfter.get(dispatch.id) ?? Number.NEGATIVE_INFINITY) < limits.informed_ms) return null;
    askedAfter.set(dispatch.id, now);
    return sinceOf(await stores.dispatches.informed(dispatch.site, dispatch.incident));
  }

  async function look(stored: StoredDispatch): Promise<void> {
    const { site, incident } = stored.dispatch;
    // Not loaded yet: whom to tell is not known either.
    if (sites.get(site) === undefined) return;
    const since = await informedSince(stored.dispatch);
    if (since === null && dueSteps(stored.dispatch, clock.now()).length === 0) return;
    const root = (await stores.incidents.get(site, incident))?.root ?? '';
    await changes.apply(stored, root, (dispatch) => stepped(dispatch, since, clock.now()));
    if (since !== null) askedAfter.delete(stored.dispatch.id);
  }

  return async () => {
    const due = await stores.dispatches.due(clock.now(), AT_ONCE);
    telemetry.gauge('relight_dispatch_clocks_looked_at', due.length);
    for (const stored of due) {
      // One that cannot be looked at keeps no other waiting.
      await look(stored).catch((error: unknown) => {
        telemetry.count('relight_dispatch_errors_total');
        log.error('the clocks of a dispatch could not be looked at; it will be tried again', {
          dispatch: stored.dispatch.id,
          error: String(error),
        });
      });
    }
    const open = new Set(due.map(({ dispatch }) => dispatch.id));
    for (const id of askedAfter.keys()) if (!open.has(id)) askedAfter.delete(id);
  };
}

/** The clock that has ended is stopped first: what it would have owed afterwards never falls due. */
function stepped(dispatch: Dispatch, since: Instant | null, now: Instant): Changed | null {
  const informed =
    since === null || runningClock(dispatch, 'informed') === null
      ? dispatch
      : markInformed(dispatch, since, now);
  const steps = dueSteps(informed, now);
  if (steps.length === 0) return informed === dispatch ? null : { dispatch: informed };
  const told = steps.flatMap((step) => (step.kind === 'lapse' ? [] : [step]));
  return { dispatch: takeSteps(informed, steps), steps: told };
}

/** Everybody who is owed a first message has it, sleeps or cannot be reached, not all of them the last, and there is an estimate. */
function sinceOf({ pending, held, told, lastToldAt, firstEstimateAt }: Informed): Instant | null {
  if (pending > 0 || told + held === 0 || firstEstimateAt === null) return null;
  return Math.max(lastToldAt ?? firstEstimateAt, firstEstimateAt);
}
