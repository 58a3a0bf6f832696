import type { Instant } from '../units/time.ts';

/** So many seconds back it is known who spoke. */
const SPAN_S = 32;

/** Who spoke in the last seconds: those who may have been live since an instant, without a visit to everybody. */
export interface LatelyHeard {
  note(device: number, arrival: Instant): void;
  /** Devices of which a message arrived at or after an instant, and perhaps a few more; null when that is too long ago. */
  since(at: Instant): Set<number> | null;
}

/** Begins knowing nothing: nobody who spoke at or before `from` is in it. */
export function createLatelyHeard(from: Instant): LatelyHeard {
  const seconds: { second: number; devices: number[] }[] = [];
  let newest = Math.floor(from / 1000);

  return {
    note(device, arrival) {
      newest = Math.floor(arrival / 1000);
      const slot = newest % SPAN_S;
      const known = seconds[slot];
      if (known?.second === newest) known.devices.push(device);
      else seconds[slot] = { second: newest, devices: [device] };
    },
    since(at) {
      const first = Math.floor(at / 1000);
      if (at <= from || first <= newest - SPAN_S) return null;
      const devices = new Set<number>();
      for (const known of seconds) {
        if (known !== undefined && known.second >= first)
          for (const device of known.devices) devices.add(device);
      }
      return devices;
    },
  };
}
