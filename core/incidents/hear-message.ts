import { clockWithOffset } from '../detection/device-clock.ts';
import { hearEvent, hearTelemetry, type Testimony } from '../detection/testimony.ts';
import type { DecodedMessage } from '../readings/message.ts';
import type { Instant } from '../units/time.ts';
import { hearContact } from './commands.ts';
import { noteHeard } from './communication.ts';
import { loseGateway } from './gateways.ts';
import { hearHistory } from './history.ts';
import { hearDark, hearLit, roleOf } from './listen.ts';
import { hearPattern } from './pattern-incidents.ts';
import { noteAlive, noteOffline } from './presence.ts';
import {
  beforeReading,
  beginNote,
  claimPrint,
  isAwaited,
  noteClock,
  noteHistoryClock,
  noteReading,
} from './remarkable.ts';
import type { Watchdog } from './watchdog.ts';
import type { World } from './world.ts';

/** Lets one message testify; `skew_ms` is the clock correction found for it before, if there is one. */
export function hearMessage(
  world: World,
  watchdog: Watchdog,
  message: DecodedMessage,
  at: Instant,
  skew_ms?: number,
): void {
  beginNote(world, at);
  if (message.kind === 'status') {
    hearStatus(world, watchdog, message.device, message.online, at);
    return;
  }
  const index = world.deviceIndex.get(message.device);
  const sensor = index === undefined ? undefined : world.sensors[index];
  const state = index === undefined ? undefined : world.state.devices[index];
  if (index === undefined || sensor === undefined || state === undefined) return;
  if (skew_ms !== undefined) state.clock = clockWithOffset(skew_ms);
  if (message.kind === 'history') {
    noteHistoryClock(world, state);
    noteHeard(world, sensor.device.via, at);
    hearHistory(world, index, message.readings, at);
    return;
  }
  if (state.silent || state.offline) world.state.links.dirty = true;
  if (message.kind === 'event') {
    const { spoke } = state;
    const testimonies = hearEvent(sensor, state, message, at);
    noteSpoken(world, watchdog, index, spoke, at);
    for (const testimony of testimonies) hear(world, index, testimony, at);
    noteClock(world, state, message);
    return;
  }
  const before = beforeReading(world, index, state);
  const nominal_v = world.current().network.nodes[sensor.node]?.nominal_v ?? world.site.site.nominal_v;
  const testimonies = hearTelemetry(sensor, state, message, at, { ...world.rules, nominal_v });
  const woke = noteSpoken(world, watchdog, index, before.spoke, at);
  const awaited = woke || isAwaited(world, index, testimonies);
  const print = claimPrint(world, index);
  for (const testimony of testimonies) hear(world, index, testimony, at);
  noteReading(world, index, message, testimonies, before, awaited || claimPrint(world, index) !== print);
}

/** What was on its way for long, or comes a second time, is no sign of life. True when it woke a link. */
function noteSpoken(
  world: World,
  watchdog: Watchdog,
  device: number,
  spokeBefore: Instant,
  at: Instant,
): boolean {
  const state = world.state.devices[device];
  let woke = false;
  if (state !== undefined && state.spoke > spokeBefore) {
    woke = noteHeard(world, world.sensors[device]?.device.via ?? null, at, state.spoke);
    noteAlive(world, device, at);
    watchdog.watch(device);
  }
  world.lately.note(device, at);
  return woke;
}

function hear(world: World, device: number, testimony: Testimony, at: Instant): void {
  switch (testimony.says) {
    case 'dark':
      for (const sensor of roleOf(world, device, testimony.role)) hearDark(world, sensor, testimony, at);
      return;
    case 'lit':
      for (const sensor of roleOf(world, device, testimony.role)) hearLit(world, sensor, testimony);
      return;
    case 'pattern':
      hearPattern(world, device, testimony.pattern, testimony.phases, testimony.at);
      return;
    case 'contact':
      hearContact(world, device, testimony.open, testimony.at, at);
      return;
    case 'relay': {
      const unit = world.sensors[device]?.node ?? -1;
      if (!world.metersOf.has(unit)) return;
      if (testimony.open) world.state.relays.set(device, testimony.at);
      else world.state.relays.delete(device);
      return;
    }
  }
}

/** A will speaks of the link only; a later sign of life takes it back. */
function hearStatus(world: World, watchdog: Watchdog, id: string, online: boolean, at: Instant): void {
  const { links } = world.state;
  links.dirty = true;
  const gateway = world.gatewayIndex.get(id);
  if (gateway !== undefined) {
    if (online) noteHeard(world, id, at);
    const link = links.gateways[gateway];
    if (link !== undefined) link.offline = !online;
    if (!online && link !== undefined) {
      link.lostAt = link.spoke;
      link.willAt = at;
      link.backAt = 0;
      loseGateway(world, gateway);
    }
  }
  const device = world.deviceIndex.get(id);
  if (device === undefined) return;
  if (!online) {
    noteOffline(world, device);
    return;
  }
  noteHeard(world, world.site.devices[device]?.via ?? null, at);
  noteAlive(world, device, at);
  watchdog.watch(device);
}
