import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { parseSite } from '../contracts/site-file.ts';
import type { Changes, EngineInput, SiteEngine } from '../core/incidents/engine.ts';
import { createSiteEngine } from '../core/incidents/site-engine.ts';
import type { DeviceEvent } from '../core/readings/message.ts';
import type { Site } from '../core/topology/site.ts';

export const START = Date.parse('2026-01-01T00:00:00Z');

/** Milliseconds of CPU this process has used: on a shared machine the clock on the wall also counts everybody else's work. */
export function cpu_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** An engine under a clock of its own, with the longest step of each sort so far. */
export interface Drive {
  readonly site: Site;
  readonly engine: SiteEngine;
  now(): number;
  /** CPU milliseconds of the longest single input since the last call. */
  longest(): { readonly message: number; readonly tick: number };
  event(device: string, type: DeviceEvent['type']): Changes;
  telemetry(device: string): void;
  /** Moves the clock within the second. */
  wait(ms: number): void;
  /** Moves on to the next whole second. */
  tick(): Changes;
}

export async function driveEngine(file: unknown, timeMessages: boolean): Promise<Drive> {
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 3)));
  let ordinal = 0;
  const engine = createSiteEngine(parsed.site, await loadProfiles(), () => `i${++ordinal}`);
  let at = START;
  let longest = { message: 0, tick: 0 };

  function apply(input: EngineInput): Changes {
    if (input.kind === 'message' && !timeMessages) return engine.apply(input);
    const began = cpu_ms();
    const changes = engine.apply(input);
    const took = cpu_ms() - began;
    if (input.kind === 'message') longest.message = Math.max(longest.message, took);
    else longest.tick = Math.max(longest.tick, took);
    return changes;
  }

  return {
    site: parsed.site,
    engine,
    now: () => at,
    longest() {
      const before = longest;
      longest = { message: 0, tick: 0 };
      return before;
    },
    event: (device, type) =>
      apply({
        kind: 'message',
        at,
        stored: false,
        message: { kind: 'event', device, ts: at, deviceClock: true, type, phases: null },
      }),
    telemetry(device) {
      const fields = { voltage: 230, power: 300 };
      const message = {
        kind: 'telemetry',
        device,
        ts: at,
        deviceClock: true,
        uptime_s: at / 1000 - 1e9,
        fields,
      } as const;
      apply({ kind: 'message', at, stored: false, message });
    },
    wait(ms) {
      at += ms;
    },
    tick() {
      at += 1000 - (at % 1000);
      return apply({ kind: 'tick', at });
    },
  };
}
