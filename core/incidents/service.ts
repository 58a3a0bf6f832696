import type { World } from './world.ts';

/**
 * Takes a device out of service, or back: what it said and its silence weigh nothing any more. False when that changes
 * nothing; otherwise what was derived from the site has to be derived anew.
 */
export function changeService(world: World, device: string, out: boolean): boolean {
  const { state } = world;
  const index = world.deviceIndex.get(device);
  const now = state.outOfService ?? [];
  if (index === undefined || now.includes(device) === out) return false;
  state.outOfService = out ? [...now, device].sort() : now.filter((one) => one !== device);
  state.devices[index]?.clear();
  state.relays.delete(index);
  state.patterns.delete(index);
  for (const burst of state.bursts) {
    for (const sensor of world.rolesOf[index] ?? []) burst.claims.delete(sensor);
    burst.dirty = true;
    world.forget(burst);
  }
  state.links.dirty = true;
  return true;
}
