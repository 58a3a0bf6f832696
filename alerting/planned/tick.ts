import type { Command } from '../../core/incidents/engine.ts';
import { planAffected } from '../../core/planned/affected.ts';
import { duePlanSteps, type PlanSupply, takePlanSteps } from '../../core/planned/due-steps.ts';
import type { PlannedOutage } from '../../core/planned/outage.ts';
import { tellSteps } from '../../core/planned/tell.ts';
import type { StoredPlan } from '../../core/ports/planned-store.ts';
import type { PlanningDeps } from './deps.ts';

const AT_ONCE = 200;
const OPEN_MAX = 1_000;

/** One look at every plan with something to do: tells detection of a new window, people of what falls due. */
export function createPlanTick({
  stores,
  sites,
  bus,
  clock,
  log,
  telemetry,
}: PlanningDeps): () => Promise<void> {
  /** Asked only at the announced end: a loss that belongs to the window and still stands. */
  async function supplyOf({ site, id, to }: PlannedOutage): Promise<PlanSupply> {
    if (clock.now() < to) return 'on_or_unknown';
    const open = await stores.incidents.list({ sites: [site], open: true, limit: OPEN_MAX });
    return open.some(({ planned, state }) => planned === id && state === 'open') ? 'off' : 'on_or_unknown';
  }

  /** The queue knows the key: told again after a crash, it is the same command. */
  async function bind(plan: PlannedOutage): Promise<PlannedOutage> {
    if (plan.bound === plan.version) return plan;
    const command = windowCommand(plan);
    await stores.commands.add(plan.site, command, 'relight', clock.now(), `plan:${plan.id}:${plan.version}`);
    bus.publish('command', { site: plan.site, command });
    return { ...plan, bound: plan.version };
  }

  async function look({ plan: before, version }: StoredPlan): Promise<void> {
    const site = sites.get(before.site)?.site;
    // Not loaded yet: whom to tell is not known either.
    if (site === undefined) return;
    const now = clock.now();
    const bound = await bind(before);
    const steps = duePlanSteps(bound, await supplyOf(bound), now);
    if (bound === before && steps.length === 0) return;
    const people = steps.length === 0 ? new Map<string, string[]>() : planAffected(site, bound.nodes).people;
    const { plan, notices } = tellSteps(takePlanSteps(bound, steps), steps, people, now);
    if (!(await stores.planned.save({ plan, notices, at: now }, version))) {
      telemetry.count('relight_planned_conflicts_total');
      return;
    }
    if (notices.length > 0) bus.publish('notices', { site: plan.site });
    for (const { kind } of steps) telemetry.count('relight_planned_steps_total', { kind });
  }

  return async () => {
    for (const stored of await stores.planned.due(clock.now(), AT_ONCE)) {
      // One that cannot be looked at keeps no other waiting.
      await look(stored).catch((error: unknown) => {
        telemetry.count('relight_planned_errors_total');
        log.error('a planned outage could not be looked at; it will be tried again', {
          plan: stored.plan.id,
          error: String(error),
        });
      });
    }
  };
}

/** How detection hears of the window as it stands. */
export function windowCommand({ id, nodes, from, to, state }: PlannedOutage): Command {
  return state === 'cancelled' ? { type: 'cancel_planned', id } : { type: 'planned', id, nodes, from, to };
}
