import { isUnder } from '../topology/network.ts';
import { ALL_PHASES } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { LostLink } from './link-state.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import { type IncidentRecord, note, unitsOf } from './record.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** The whole site, as the root of a communication incident. */
const SITE = 'site';

/** Notes that a message came along this way. */
export function noteHeard(world: World, via: string | null, at: Instant): void {
  const { links } = world.state;
  links.heard = at;
  for (let id = via; id !== null; ) {
    const gateway: number | undefined = world.gatewayIndex.get(id);
    const link = gateway === undefined ? undefined : links.gateways[gateway];
    if (gateway === undefined || link === undefined || link.heard === at) return;
    if (link.offline) links.dirty = true;
    link.heard = at;
    link.offline = false;
    id = world.site.gateways[gateway]?.via ?? null;
  }
}

/** Whether the way to a device is known to have worked lately. */
export function pathHeard(world: World, device: number): boolean {
  const facts = world.site.devices[device];
  if (facts === undefined) return false;
  const { links, at } = world.state;
  const patience = 1000 * world.settings.freshIntervals * facts.interval_s;
  const gateway = facts.via === null ? undefined : links.gateways[world.gatewayIndex.get(facts.via) ?? -1];
  if (gateway === undefined) return at - links.heard <= patience;
  return !gateway.offline && at - gateway.heard <= patience;
}

/** Whether anybody of the site spoke within this device's patience: a site that is wholly silent may be our own deafness. */
export function siteHeard(world: World, device: number): boolean {
  const interval = world.site.devices[device]?.interval_s ?? 60;
  return world.state.at - world.state.links.heard <= 1000 * world.settings.freshIntervals * interval;
}

/** Opens and closes communication incidents. Silence that an outage explains is no link's fault. */
export function judgeLinks(world: World): void {
  const { links, at } = world.state;
  if (!links.dirty && links.waiting.size === 0 && links.open.size === 0) return;
  if (links.dirty) links.lost = lostLinks(world);
  links.dirty = false;
  const lost = new Map(links.lost.map((link) => [link.root, link]));
  for (const root of [...links.waiting.keys()]) if (!lost.has(root)) links.waiting.delete(root);
  for (const [root, link] of lost) {
    if (links.open.has(root)) continue;
    const since = links.waiting.get(root) ?? at;
    links.waiting.set(root, since);
    if (at - since < 1000 * world.settings.voltageHold_s) continue;
    links.waiting.delete(root);
    openLink(world, link);
  }
  for (const [root, entry] of [...links.open]) closeLink(world, root, entry, lost.has(root));
}

function lostLinks(world: World): LostLink[] {
  const muteOf = unexplainedMute(world);
  const found = [...world.branches].flatMap(
    ([root, devices]) => linkOf(world, root, devices, muteOf.get(root) ?? []) ?? [],
  );
  const total = world.site.devices.length;
  const mute = found.reduce((sum, link) => sum + link.mute.length, 0);
  if (found.length > 1 && mute * 2 > total) {
    return [
      {
        root: SITE,
        devices: found.reduce((sum, { devices }) => sum + devices, 0),
        mute: found.flatMap((link) => link.mute),
      },
    ];
  }
  return found;
}

function linkOf(
  world: World,
  root: string,
  devices: number,
  mute: readonly number[],
): LostLink | null {
  const { state } = world;
  const gateway = world.gatewayIndex.get(root);
  const declared =
    gateway !== undefined &&
    state.links.gateways[gateway]?.offline === true &&
    !gatewayExplained(world, gateway);
  const most = mute.length >= 2 && mute.length * 2 >= devices;
  const whole = mute.length >= 2 && coversNode(world, mute);
  return declared || most || whole ? { root, devices, mute } : null;
}

/** The mute devices whose silence no darkness explains, by what they report through. */
function unexplainedMute(world: World): Map<string, number[]> {
  const muteOf = new Map<string, number[]>();
  if (world.mute.size === 0) return muteOf;
  const explained = explainedBy(world);
  for (const device of [...world.mute].sort((a, b) => a - b)) {
    if (explained(device)) continue;
    for (const root of world.routeOf(device)) {
      const own = muteOf.get(root);
      if (own === undefined) muteOf.set(root, [device]);
      else own.push(device);
    }
  }
  return muteOf;
}

function isMute(world: World, device: number): boolean {
  const state = world.state.devices[device];
  return state !== undefined && (state.missed || state.offline);
}

/** Every device under some node is mute, and they are at least two. */
function coversNode(world: World, mute: readonly number[]): boolean {
  const { network } = world.current();
  const silent = new Map<number, number>();
  for (const device of mute) {
    const node = network.parent[world.sensors[device]?.node ?? -1] ?? -1;
    if (node >= 0) silent.set(node, (silent.get(node) ?? 0) + 1);
  }
  const all = world.devicesBelow();
  for (const [node, count] of silent) if (count >= 2 && count === all[node]) return true;
  return false;
}

/** Darkness explains the silence of its own units and of everything behind a gateway that it took along. */
function explainedBy(world: World): (device: number) => boolean {
  const dark = new Set<number>();
  for (const record of world.state.incidents) {
    if (record.state !== 'open' || !record.interrupts) continue;
    for (const entry of unitsOf(record).values()) if (entry.until === 0) dark.add(entry.unit);
  }
  return (device) => {
    const node = world.sensors[device]?.node ?? -1;
    if (dark.has(node)) return true;
    for (let via = world.site.devices[device]?.via ?? null; via !== null; ) {
      const gateway = world.gatewayIndex.get(via);
      if (gateway === undefined) return false;
      if (gatewayExplained(world, gateway)) return true;
      via = world.site.gateways[gateway]?.via ?? null;
    }
    return underDarkRoot(world, node);
  };
}

function gatewayExplained(world: World, gateway: number): boolean {
  const power = world.site.gateways[gateway]?.poweredBy ?? null;
  return power !== null && underDarkRoot(world, world.current().network.index.get(power) ?? -1);
}

/** Below the root of an open loss, or of one that is about to be opened. */
function underDarkRoot(world: World, node: number): boolean {
  if (node < 0) return false;
  const { network } = world.current();
  return world.state.incidents.some(
    (record) =>
      record.interrupts && record.root >= 0 && record.state === 'open' && isUnder(network, node, record.root),
  );
}

function openLink(world: World, link: LostLink): void {
  const { state } = world;
  const onset =
    link.mute.reduce((latest, device) => Math.max(latest, state.devices[device]?.spoke ?? 0), 0) || state.at;
  const root = { root: -1, rootId: link.root, rootSide: null, candidates: [link.root], phases: ALL_PHASES };
  const record = makeRecord(world, 'communication', root, onset, onset);
  record.facts = { ...record.facts, devices: link.devices, silent: link.mute.length };
  record.margin = 3_000;
  record.linkDevices = [...link.mute];
  state.links.open.set(link.root, { key: record.key, heardSince: 0 });
  publishRecord(
    world,
    record,
    'opened',
    `${link.mute.length} of ${link.devices} devices behind ${link.root} are silent`,
  );
}

function closeLink(
  world: World,
  root: string,
  entry: { key: number; heardSince: Instant },
  stillLost: boolean,
): void {
  const { links, at } = world.state;
  const record = world.state.incidents.find(({ key }) => key === entry.key);
  if (record === undefined || record.kind !== 'communication') {
    links.open.delete(root);
    return;
  }
  if (stillLost) {
    entry.heardSince = 0;
    return;
  }
  if (entry.heardSince === 0) entry.heardSince = at;
  const missing = record.linkDevices.filter((device) => isMute(world, device)).length;
  if (missing > 0 && at - entry.heardSince < 1000 * world.settings.closeHold_s) return;
  links.open.delete(root);
  record.state = 'restored';
  record.restoredAt = entry.heardSince;
  record.closedAt = at;
  note(
    record,
    at,
    'restored',
    `${record.linkDevices.length - missing} of ${record.linkDevices.length} devices are heard again`,
  );
}

/** How long after its last word a device of this incident may have been lost. */
function silenceOf(world: World, record: IncidentRecord): number {
  const intervals = record.linkDevices.map((device) => world.site.devices[device]?.interval_s ?? 60);
  return 1000 * world.settings.freshIntervals * Math.max(...intervals);
}

/** The communication incident that was this loss all along: most of its silent devices stand under the root. */
export function adoptLinkIncident(
  world: World,
  { network, root, burst }: Verdict,
): IncidentRecord | undefined {
  const { state } = world;
  const record = state.incidents.findLast((one) => {
    if (one.kind !== 'communication' || one.linkDevices.length === 0) return false;
    if (one.state !== 'open' && state.at - one.closedAt > 1000 * world.settings.reopen_s) return false;
    if (one.onset + silenceOf(world, one) < burst.from) return false;
    const under = one.linkDevices.filter((device) =>
      isUnder(network, world.sensors[device]?.node ?? -1, root),
    ).length;
    return under * 2 > one.linkDevices.length;
  });
  if (record === undefined) return undefined;
  state.links.open.delete(record.rootId);
  record.linkSince = record.onset;
  record.state = 'open';
  record.interrupts = true;
  record.restoredAt = 0;
  record.closedAt = 0;
  record.provenSince = 0;
  return record;
}
