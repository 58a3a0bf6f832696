import type { DeviceCommandJson } from '../contracts/native.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

/** Requests a second: a riser's meters answer within seconds, and the answers stay far below what the intake takes. */
const PER_SECOND = 200;
const STEP_MS = 100;
/** More than this and the rest is not asked this time; detection asks again. */
const MOST_WAITING = 20_000;

export interface Asker extends Lifecycle {
  ask(site: string, devices: readonly string[]): void;
}

/** Asks devices for a reading on their command topics, at a bounded pace. An answer may never come. */
export function createAsker(deps: {
  readonly send: (topic: string, payload: string) => void;
  readonly newId: () => string;
  readonly telemetry: Telemetry;
}): Asker {
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function step(): void {
    let left = (PER_SECOND * STEP_MS) / 1_000;
    for (const path of waiting) {
      if (left === 0) return;
      left -= 1;
      waiting.delete(path);
      const command: DeviceCommandJson = { id: deps.newId(), do: 'report' };
      deps.send(`relight/${path}/command`, JSON.stringify(command));
      deps.telemetry.count('relight_devices_asked_total', { outcome: 'sent' });
    }
  }

  return {
    async start() {
      timer = setInterval(step, STEP_MS);
    },
    async stop() {
      clearInterval(timer);
      waiting.clear();
    },
    ask(site, devices) {
      for (const device of devices) {
        if (waiting.size >= MOST_WAITING) {
          deps.telemetry.count('relight_devices_asked_total', { outcome: 'too_many' });
          continue;
        }
        waiting.add(`${site}/${device}`);
      }
    },
  };
}
