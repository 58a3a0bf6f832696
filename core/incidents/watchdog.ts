import type { Instant } from '../units/time.ts';
import { siteHeard } from './communication.ts';
import { closest, countsAsSilent, hearSilence } from './listen.ts';
import { portionOf } from './portion.ts';
import { noteSilent } from './presence.ts';
import type { World } from './world.ts';

/**
 * Notices devices that fell silent. Each device waits in one bucket of a second; a bucket that comes up re-files the ones
 * heard since, so a message costs nothing here. Where a storm silences many at once, they are dealt with in portions.
 */
export interface Watchdog {
  /** Marks the silent ones and lets their silence testify. */
  tick(at: Instant): void;
  /** Waits for a device that just spoke after silence or for the first time. */
  watch(device: number): void;
}

export function createWatchdog(world: World): Watchdog {
  const buckets = new Map<number, number[]>();
  const filed = new Uint8Array(world.site.devices.length);
  let next = Math.floor(world.state.at / 1000);

  function deadline(device: number): Instant {
    const state = world.state.devices[device];
    const interval = world.site.devices[device]?.interval_s ?? 60;
    const from = Math.max(state?.heard ?? 0, world.state.listeningSince);
    return from + 1000 * world.settings.silentIntervals * interval;
  }

  function watch(device: number): void {
    if (filed[device] === 0) file(device, deadline(device));
  }

  function file(device: number, due: Instant): void {
    filed[device] = 1;
    const second = Math.max(Math.ceil(due / 1000), next + 1);
    const bucket = buckets.get(second);
    if (bucket === undefined) buckets.set(second, [device]);
    else bucket.push(device);
  }

  function fire(device: number, at: Instant): void {
    filed[device] = 0;
    const state = world.state.devices[device];
    if (state === undefined || state.missed || state.heard === 0) return;
    if (deadline(device) > at) {
      watch(device);
      return;
    }
    const missed = siteHeard(world, device);
    noteSilent(world, device, missed);
    if (!missed) {
      recheck(device, at);
      return;
    }
    world.state.links.dirty = true;
    if (world.site.devices[device]?.inService !== true || !countsAsSilent(world, device)) return;
    const node = world.sensors[device]?.node ?? -1;
    const burst = closest(
      world,
      world.state.bursts.filter(({ past }) => !past),
      node,
    );
    if (burst !== undefined) hearSilence(world, burst, device);
  }

  /** While nobody is heard, silence proves nothing; it is looked at again an interval later. */
  function recheck(device: number, at: Instant): void {
    const interval = world.site.devices[device]?.interval_s ?? 60;
    const steps = Math.floor((at - deadline(device)) / (1000 * interval)) + 1;
    file(device, deadline(device) + steps * 1000 * interval);
  }

  world.state.devices.forEach((state, device) => {
    if (state.heard === 0 || state.missed) return;
    if (state.silent) recheck(device, world.state.at);
    else watch(device);
  });

  return {
    watch,
    tick(at) {
      const now = Math.floor(at / 1000);
      const due = takeDue(now);
      next = now;
      const rest = due.splice(portionOf(due.length, false));
      for (const device of due) fire(device, at);
      if (rest.length > 0) buckets.set(now + 1, [...(buckets.get(now + 1) ?? []), ...rest]);
    },
  };

  function takeDue(now: number): number[] {
    const due: number[] = [];
    const take = (second: number) => {
      const bucket = buckets.get(second);
      if (bucket === undefined) return;
      buckets.delete(second);
      for (const device of bucket.sort((a, b) => a - b)) due.push(device);
    };
    if (now - next > buckets.size + 60) {
      for (const second of [...buckets.keys()].sort((a, b) => a - b)) if (second <= now) take(second);
    } else for (let second = next + 1; second <= now; second++) take(second);
    return due;
  }
}
