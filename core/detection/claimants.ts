import type { Burst } from './burst.ts';

/** So many bursts have a bit of their own; the rest share the last one. */
const OWN_BITS = 31;
const SHARED = 1 << OWN_BITS;

/**
 * Which sensors may have a claim in which burst. Nearly none has one in any, and a look into each burst's own map costs a
 * walk through memory that nobody else uses; here one number answers for all bursts. Derived from the claims.
 */
export interface Claimants {
  /** By sensor: the bits of the bursts in which it may have a claim. */
  readonly bits: Int32Array;
  bitOf(burst: Burst): number;
  /** The burst is gone. */
  forget(burst: Burst): void;
}

export function createClaimants(sensors: number): Claimants {
  const bits = new Int32Array(sensors);
  const known = new Map<number, number>();
  const free = Array.from({ length: OWN_BITS }, (_, i) => 1 << (OWN_BITS - 1 - i));

  return {
    bits,
    bitOf({ id }) {
      const bit = known.get(id) ?? free.pop() ?? SHARED;
      known.set(id, bit);
      return bit;
    },
    forget({ id, claims }) {
      const bit = known.get(id) ?? SHARED;
      known.delete(id);
      if (bit === SHARED) return;
      for (const sensor of claims.keys()) bits[sensor] = (bits[sensor] ?? 0) & ~bit;
      free.push(bit);
    },
  };
}
