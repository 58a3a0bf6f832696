import type { Bus, LiveValue } from '../core/ports/bus.ts';
import type { DecodedMessage } from '../core/readings/message.ts';
import type { Instant } from '../core/units/time.ts';

/** Twice a second is as fast as an eye follows numbers. */
const SEND_INTERVAL_MS = 500;
/** Larger changes travel in several messages. */
const VALUES_PER_MESSAGE = 2_000;

/** The newest reading of every device, and what of it changed since it was last sent. */
export interface LiveValues {
  note(site: string, message: DecodedMessage, arrival: Instant): void;
  latest(site: string): readonly LiveValue[];
  start(): void;
  stop(): void;
}

export function createLiveValues(bus: Bus): LiveValues {
  const sites = new Map<string, Map<string, LiveValue>>();
  const changed = new Map<Map<string, LiveValue>, Set<string>>();
  let timer: NodeJS.Timeout | null = null;

  function send(): void {
    let values: LiveValue[] = [];
    for (const [site, devices] of changed) {
      for (const device of devices) {
        const value = site.get(device);
        if (value !== undefined) values.push(value);
        if (values.length < VALUES_PER_MESSAGE) continue;
        bus.publish('live', { values });
        values = [];
      }
      devices.clear();
    }
    if (values.length > 0) bus.publish('live', { values });
  }

  return {
    note(site, message, arrival) {
      if (message.kind !== 'telemetry') return;
      let devices = sites.get(site);
      if (devices === undefined) {
        devices = new Map();
        sites.set(site, devices);
        changed.set(devices, new Set());
      }
      const { device, ts, fields } = message;
      const known = devices.get(device);
      // A reading that comes late is history, not the present.
      if (known !== undefined && known.ts > ts) return;
      devices.set(device, { site, device, ts, arrival, fields });
      changed.get(devices)?.add(device);
    },
    latest: (site) => [...(sites.get(site)?.values() ?? [])],
    start() {
      timer = setInterval(send, SEND_INTERVAL_MS);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}
