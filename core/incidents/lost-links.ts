import { isUnder } from '../topology/network.ts';
import type { LostLink } from './link-state.ts';
import { announcedNodes } from './planned.ts';
import { unitsOf } from './record.ts';
import type { World } from './world.ts';

/** The whole site, as the root of a communication incident. */
export const SITE = 'site';

/** The links that are lost now, the topmost of each chain only; most of the site at once is the site's own link. */
export function lostLinks(world: World): LostLink[] {
  const mute = unexplainedMute(world);
  const found = [null, ...topGateways(world)].flatMap((top) => {
    const { whole, parts } = lostBelow(world, top, mute);
    return whole === null ? parts : [whole];
  });
  const lost = found.flatMap((link) => link.lost);
  if (found.length < 2 || lost.length * 2 <= world.site.devices.length) return found;
  const devices = found.reduce((sum, link) => sum + link.devices, 0);
  return [{ root: SITE, devices, declared: false, lost }];
}

/** By the gateway they report to: the mute devices whose silence no darkness explains. */
type MuteVia = ReadonlyMap<string | null, readonly number[]>;

function unexplainedMute(world: World): MuteVia {
  const via = new Map<string | null, number[]>();
  if (world.mute.size === 0) return via;
  const explained = explainedBy(world);
  for (const device of [...world.mute].sort((a, b) => a - b)) {
    const facts = world.site.devices[device];
    if (facts?.inService !== true || explained(device)) continue;
    const gateway = gatewayOf(world, facts.via);
    const own = via.get(gateway);
    if (own === undefined) via.set(gateway, [device]);
    else own.push(device);
  }
  return via;
}

/** What is lost at a gateway: itself, or some of the links behind it. Null for what needs no gateway. */
function lostBelow(
  world: World,
  gateway: string | null,
  muteVia: MuteVia,
): { readonly whole: LostLink | null; readonly parts: readonly LostLink[] } {
  if (gateway !== null && isDeclaredLost(world, gateway)) {
    const lost = devicesBehind(world, gateway);
    return { whole: { root: gateway, devices: lost.length, declared: true, lost }, parts: [] };
  }
  const root = gateway ?? SITE;
  const direct = world.devicesVia.get(gateway)?.length ?? 0;
  const below = gatewaysBehind(world, gateway).map((id) => lostBelow(world, id, muteVia));
  const parts = below.flatMap(({ whole, parts: further }) => (whole === null ? further : [whole]));
  const mute = muteVia.get(gateway) ?? [];
  const silent = mute.length >= 2 && (mute.length * 2 >= direct || coversNode(world, mute));
  const all = below.every(({ whole }) => whole !== null) && (direct === 0 || silent);
  // One link behind it alone cannot be told apart from it, and is the one that is known to be lost.
  if (!all || below.length + (silent ? 1 : 0) < (silent ? 1 : 2)) {
    const own = silent ? [{ root, devices: direct, declared: false, lost: mute }] : [];
    return { whole: null, parts: [...own, ...parts] };
  }
  const devices = gateway === null ? direct : devicesBehind(world, gateway).length;
  const lost = [...mute, ...parts.flatMap((part) => part.lost)];
  return { whole: { root, devices, declared: false, lost }, parts };
}

function gatewaysBehind(world: World, gateway: string | null): readonly string[] {
  return gateway === null ? [] : (world.gatewaysVia.get(gateway) ?? []);
}

function devicesBehind(world: World, gateway: string): number[] {
  return [
    ...(world.devicesVia.get(gateway) ?? []),
    ...gatewaysBehind(world, gateway).flatMap((id) => devicesBehind(world, id)),
  ];
}

function gatewayOf(world: World, via: string | null): string | null {
  return via !== null && world.gatewayIndex.has(via) ? via : null;
}

function isDeclaredLost(world: World, gateway: string): boolean {
  const index = world.gatewayIndex.get(gateway) ?? -1;
  return world.state.links.gateways[index]?.offline === true && !gatewayExplained(world, index);
}

function topGateways(world: World): string[] {
  return world.site.gateways.flatMap(({ id, via }) => (gatewayOf(world, via) === null ? [id] : []));
}

/** Whether messages from behind `root` come through `gateway`, or `gateway` is the site itself. */
export function isBehind(world: World, root: string, gateway: string): boolean {
  if (gateway === SITE) return root !== SITE;
  for (let id = viaOf(world, root); id !== null; id = viaOf(world, id)) if (id === gateway) return true;
  return false;
}

export function isMute(world: World, device: number): boolean {
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

/**
 * Darkness explains the silence of its own units and of everything behind a gateway that it took along; announced work
 * that of everything below it.
 */
function explainedBy(world: World): (device: number) => boolean {
  const dark = new Set<number>();
  for (const record of world.state.incidents) {
    if (record.state !== 'open' || !record.interrupts) continue;
    for (const entry of unitsOf(record).values()) if (entry.until === 0) dark.add(entry.unit);
  }
  const announced = announcedNodes(world);
  return (device) => {
    const node = world.sensors[device]?.node ?? -1;
    if (dark.has(node)) return true;
    if (announced.some((top) => node >= 0 && isUnder(world.current().network, node, top))) return true;
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

function viaOf(world: World, gateway: string): string | null {
  return world.site.gateways[world.gatewayIndex.get(gateway) ?? -1]?.via ?? null;
}
