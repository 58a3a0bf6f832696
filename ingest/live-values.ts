import type { Bus, LiveValue } from '../core/ports/bus.ts';
import type { DecodedMessage, Telemetry } from '../core/readings/message.ts';
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

/** One per device, changed in place: this runs for every message. */
interface Entry {
  readonly site: string;
  message: Telemetry;
  arrival: Instant;
  changed: boolean;
}

export function createLiveValues(bus: Bus): LiveValues {
  const sites = new Map<string, Map<string, Entry>>();
  let changed: Entry[] = [];
  let timer: NodeJS.Timeout | null = null;

  function send(): void {
    for (let from = 0; from < changed.length; from += VALUES_PER_MESSAGE) {
      bus.publish('live', { values: changed.slice(from, from + VALUES_PER_MESSAGE).map(liveValueOf) });
    }
    for (const entry of changed) entry.changed = false;
    changed = [];
  }

  function entryOf(site: string, message: Telemetry): Entry {
    let devices = sites.get(site);
    if (devices === undefined) {
      devices = new Map();
      sites.set(site, devices);
    }
    let entry = devices.get(message.device);
    if (entry === undefined) {
      entry = { site, message, arrival: 0, changed: false };
      devices.set(message.device, entry);
    }
    return entry;
  }

  return {
    note(site, message, arrival) {
      if (message.kind !== 'telemetry') return;
      const entry = entryOf(site, message);
      // A reading that comes late is history, not the present.
      if (entry.message.ts > message.ts) return;
      entry.message = message;
      entry.arrival = arrival;
      if (entry.changed) return;
      entry.changed = true;
      changed.push(entry);
    },
    latest: (site) => Array.from(sites.get(site)?.values() ?? [], liveValueOf),
    start() {
      timer = setInterval(send, SEND_INTERVAL_MS);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}

function liveValueOf({ site, message, arrival }: Entry): LiveValue {
  return { site, device: message.device, ts: message.ts, arrival, fields: message.fields };
}
