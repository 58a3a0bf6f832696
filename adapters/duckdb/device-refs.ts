import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * The number that stands for a device in the tables. Numbers given in a transaction count only once it is
 * committed: call `keep` or `forget` after it.
 */
export interface DeviceRefs {
  find(site: string, device: string): number | undefined;
  /** The device's number, a new one if it has none yet. */
  give(site: string, device: string): number;
  /** Given since the last keep: [ref, site, device]. */
  readonly fresh: readonly (readonly [number, string, string])[];
  keep(): void;
  forget(): void;
}

export async function loadDeviceRefs(connection: DuckDBConnection): Promise<DeviceRefs> {
  const bySite = new Map<string, Map<string, number>>();
  let next = 0;
  for (const [ref, site, device] of (
    await connection.runAndReadAll('SELECT ref, site, device FROM refs')
  ).getRows()) {
    enter(String(site), String(device), Number(ref));
    next = Math.max(next, Number(ref) + 1);
  }

  function enter(site: string, device: string, ref: number): void {
    const devices = bySite.get(site);
    if (devices === undefined) bySite.set(site, new Map([[device, ref]]));
    else devices.set(device, ref);
  }

  const fresh: (readonly [number, string, string])[] = [];
  return {
    fresh,
    find: (site, device) => bySite.get(site)?.get(device),
    give(site, device) {
      const known = bySite.get(site)?.get(device);
      if (known !== undefined) return known;
      const ref = next;
      next += 1;
      enter(site, device, ref);
      fresh.push([ref, site, device]);
      return ref;
    },
    keep: () => void fresh.splice(0),
    forget() {
      for (const [, site, device] of fresh.splice(0)) bySite.get(site)?.delete(device);
    },
  };
}
