import { createDispatching } from '../../alerting/dispatch/app.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Roster } from '../../core/roster/roster.ts';
import type { Site } from '../../core/topology/site.ts';
import { type AlertingWorld, createAlertingWorld, directoryOf } from './alerting-world.ts';

const MINUTE = 60_000;

export const ENGINEERS = ['e1', 'e2', 'e3'] as const;
export const engineerPhone = (id: string): string => `+8613900000${id.slice(1).padStart(3, '0')}`;

/** One shift all day, everybody in one crew. */
export function plainRoster(members: readonly string[]): Roster {
  return {
    shifts: [{ id: 'all', name: '全天', start: '00:00' }],
    crews: [{ id: 'A', name: '甲班', members }],
    anchor: '2026-01-01',
    cycle: [['A']],
    holidays: [],
    leave: [],
    swaps: [],
    backups: [],
  };
}

/** Engineers of a site, all on call in this order. */
export async function hireEngineers(
  stores: Stores,
  site: string,
  ids: readonly string[] = ENGINEERS,
): Promise<void> {
  for (const id of ids) {
    await stores.staff.put(site, {
      id,
      name: `工程师${id}`,
      phone: engineerPhone(id),
      language: 'zh-CN',
      skills: [],
      account: null,
      active: true,
    });
  }
  await stores.staff.putRoster(site, plainRoster(ids), 0);
}

export interface DispatchWorld extends AlertingWorld {
  readonly now: { at: number };
  /** A dispatching process over this world, not started. */
  part(stores?: Partial<Stores>): Lifecycle;
  dispatchOf(incident: string): Promise<Dispatch | null>;
  /** Moves the clock on. */
  pass(minutes: number): void;
  /** Resolves when every change so far has been followed and every clock looked at. */
  quiet(): Promise<void>;
}

export async function createDispatchWorld(site: Site): Promise<DispatchWorld> {
  const world = await createAlertingWorld([site]);
  const { id } = site.site;
  await hireEngineers(world.stores, id);
  const now = { at: Date.now() };
  const clock = { now: () => now.at, monotonic: () => now.at };
  let parts = 0;
  let ticks = 0;

  return {
    ...world,
    now,
    part(over = {}) {
      parts += 1;
      const part = parts;
      let made = 0;
      return createDispatching({
        stores: { ...world.stores, ...over },
        sites: directoryOf([site]),
        bus: world.bus,
        clock,
        log: world.logBook,
        telemetry: {
          ...world.meter,
          gauge: (name, value) => {
            if (name === 'relight_dispatch_clocks_looked_at') ticks += 1;
            world.meter.gauge(name, value);
          },
        },
        newId: () => {
          made += 1;
          return `d${part}-${made}`;
        },
        newCode: () => '4821',
        limits: { tick_ms: 5, poll_ms: 10, informed_ms: 1 },
      });
    },
    async dispatchOf(incident) {
      return (await world.stores.dispatches.ofIncident(id, incident))?.dispatch ?? null;
    },
    pass(minutes) {
      now.at += minutes * MINUTE;
    },
    async quiet() {
      const until = Date.now() + 20_000;
      const { events } = world.stores;
      for (let still = 0; still < 3; ) {
        if (Date.now() > until) throw new Error('the dispatching process does not come to rest');
        const before = ticks;
        const head = await events.head(id);
        await new Promise((done) => setTimeout(done, 20));
        const followed = (await events.cursor('dispatch', id)) >= head && (await events.head(id)) === head;
        still = followed && ticks > before + 1 ? still + 1 : 0;
      }
    },
  };
}
