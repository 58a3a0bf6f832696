import type { Values } from '../../contracts/live.ts';
import type { LiveValue } from '../../core/ports/bus.ts';
import { type Instant, toIso } from '../../core/units/time.ts';

/** One frame carries at most this many devices; the rest follow in the next. */
const FRAME_MAX = 2_000;
const WAITING_MAX = 100_000;

export type ShownValue = Values['values'][number];

/** Newest value per device between two frames; what nobody took is replaced, never queued. */
export interface ValueFrames {
  note(values: readonly LiveValue[]): void;
  /** Takes the next frame of every site that has one. */
  take(): readonly { readonly site: string; readonly values: readonly ShownValue[] }[];
  /** Whether there is anything to take. */
  waiting(): boolean;
  /** Values that had to be left out because too many devices were waiting. */
  dropped(): number;
}

export function createValueFrames(wanted: (site: string) => boolean): ValueFrames {
  const waiting = new Map<string, Map<string, LiveValue>>();
  let dropped = 0;

  return {
    note(values) {
      for (const value of values) {
        if (!wanted(value.site)) continue;
        const devices = waiting.get(value.site) ?? new Map<string, LiveValue>();
        waiting.set(value.site, devices);
        if (devices.size >= WAITING_MAX && !devices.has(value.device)) dropped += 1;
        else devices.set(value.device, value);
      }
    },
    take() {
      return [...waiting].map(([site, devices]) => {
        const values: ShownValue[] = [];
        for (const [device, value] of devices) {
          if (values.length === FRAME_MAX) break;
          values.push(shownValue(value));
          devices.delete(device);
        }
        if (devices.size === 0) waiting.delete(site);
        return { site, values };
      });
    },
    waiting: () => waiting.size > 0,
    dropped: () => dropped,
  };
}

function shownValue({ device, ts, arrival, fields }: LiveValue): ShownValue {
  return { device, ts: toIso(ts), arrival: toIso(arrival), fields: { ...fields } };
}

export function valuesFrame(site: string, at: Instant, values: readonly ShownValue[]): Values {
  return { site, at: toIso(at), values: [...values] };
}
