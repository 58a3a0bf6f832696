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
  /** The bit of the burst with this number. */
  bitOf(burst: number): number;
  /** The burst is gone, and with it the claims of these sensors. */
  forget(burst: number, sensors: Iterable<number>): void;
}

export function createClaimants(sensors: number): Claimants {
  const bits = new Int32Array(sensors);
  const known = new Map<number, number>();
  const free = Array.from({ length: OWN_BITS }, (_, i) => 1 << (OWN_BITS - 1 - i));

  return {
    bits,
    bitOf(burst) {
      const bit = known.get(burst) ?? free.pop() ?? SHARED;
      known.set(burst, bit);
      return bit;
    },
    forget(burst, claimed) {
      const bit = known.get(burst) ?? SHARED;
      known.delete(burst);
      if (bit === SHARED) return;
      for (const sensor of claimed) bits[sensor] = (bits[sensor] ?? 0) & ~bit;
      free.push(bit);
    },
  };
}
