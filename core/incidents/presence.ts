import type { Instant } from '../units/time.ts';
import type { World } from './world.ts';

/** A sign of life: it is neither silent nor away. */
export function noteAlive(world: World, device: number, at: Instant): void {
  const state = world.state.devices[device];
  if (state === undefined) return;
  state.heard = at;
  if (state.silent) world.silent.delete(device);
  if (state.missed || state.offline) world.mute.delete(device);
  state.silent = false;
  state.missed = false;
  state.offline = false;
}

/** `missed`: while others of the site were heard. */
export function noteSilent(world: World, device: number, missed: boolean): void {
  const state = world.state.devices[device];
  if (state === undefined) return;
  state.silent = true;
  state.missed = missed;
  world.silent.add(device);
  if (missed) world.mute.add(device);
}

/** Its will was read. */
export function noteOffline(world: World, device: number): void {
  const state = world.state.devices[device];
  if (state === undefined) return;
  state.offline = true;
  world.mute.add(device);
}

/** Wills read until now say nothing. */
export function forgetWills(world: World): void {
  for (const device of world.mute) {
    const state = world.state.devices[device];
    if (state === undefined) continue;
    state.offline = false;
    if (!state.missed) world.mute.delete(device);
  }
}
