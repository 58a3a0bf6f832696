import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import { wait } from '../pace.ts';
import type { PlanningDeps } from './deps.ts';
import { createPlanTick } from './tick.ts';

const TICK_MS = 2_000;

/**
 * Tells people of planned outages when it falls due, and detection of their windows. A step is stored with its messages in
 * one transaction, so being killed anywhere neither repeats nor skips one.
 */
export function createPlanning(deps: PlanningDeps): Lifecycle {
  const tick = createPlanTick(deps);
  let stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    do {
      try {
        await tick();
      } catch (error) {
        deps.telemetry.count('relight_planned_errors_total');
        deps.log.error('planned outages could not be looked at; it will be tried again', {
          error: String(error),
        });
      }
    } while (await wait(deps.tick_ms ?? TICK_MS, stopping.signal));
  }

  return {
    start() {
      stopping = new AbortController();
      loop = run();
      return Promise.resolve();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
