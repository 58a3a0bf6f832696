import { mergeTold } from '../notices/owed.ts';
import { isUnder } from '../topology/network.ts';
import { ALL_PHASES } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { LostLink } from './link-state.ts';
import { isBehind, isMute, lostLinks } from './lost-links.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import { type IncidentRecord, note } from './record.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

/**
 * Notes that a message of an instant came along this way; true when a gateway on it was off line until now. What was sent
 * before a gateway's will and arrives after it shows nothing.
 */
export function noteHeard(world: World, via: string | null, at: Instant, instant: Instant = at): boolean {
  const { links } = world.state;
  let woke = false;
  links.heard = at;
  for (let id = via; id !== null; ) {
    const gateway: number | undefined = world.gatewayIndex.get(id);
    const link = gateway === undefined ? undefined : links.gateways[gateway];
    if (gateway === undefined || link === undefined) return woke;
    if (link.heard === at && link.spoke >= instant) return woke;
    if (link.offline) {
      if (instant <= link.willAt) return woke;
      links.dirty = true;
      link.backAt = at;
      woke = true;
    }
    link.heard = at;
    link.spoke = Math.max(link.spoke, instant);
    link.offline = false;
    id = world.site.gateways[gateway]?.via ?? null;
  }
  return woke;
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
    if (isAccountedFor(world, root)) continue;
    const since = links.waiting.get(root) ?? at;
    links.waiting.set(root, since);
    if (at - since < 1000 * world.settings.voltageHold_s) continue;
    links.waiting.delete(root);
    openLink(world, link);
  }
  for (const [root, entry] of [...links.open]) {
    const stillLost = links.lost.some((link) => link.root === root || isBehind(world, root, link.root));
    closeLink(world, root, entry, stillLost);
  }
}

/** Its incident is open, or that of a link it stands behind, which has not had time to come back whole. */
function isAccountedFor(world: World, root: string): boolean {
  const { open } = world.state.links;
  return open.has(root) || [...open.keys()].some((above) => isBehind(world, root, above));
}

/** A lost link opens an incident, or takes over those of the links behind it: one cause, one incident. */
function openLink(world: World, link: LostLink): void {
  const { state } = world;
  const [kept, ...others] = incidentsBehind(world, link.root);
  if (kept === undefined) {
    beginLink(world, link);
    return;
  }
  const before = kept.rootId;
  for (const record of [kept, ...others]) state.links.open.delete(record.rootId);
  for (const record of others) mergeLink(world, record, kept);
  describeLink(kept, link);
  kept.onset = Math.min(...[kept, ...others].map(({ onset }) => onset));
  state.links.open.set(link.root, { key: kept.key, heardSince: 0 });
  note(kept, state.at, 'moved', `from ${before} to ${link.root}`);
}

function beginLink(world: World, link: LostLink): void {
  const { state } = world;
  const onset =
    link.lost.reduce((latest, device) => Math.max(latest, state.devices[device]?.spoke ?? 0), 0) || state.at;
  const root = { root: -1, rootId: link.root, rootSide: null, candidates: [link.root], phases: ALL_PHASES };
  const record = makeRecord(world, 'communication', root, onset, onset);
  record.margin = 3_000;
  describeLink(record, link);
  state.links.open.set(link.root, { key: record.key, heardSince: 0 });
  const why = link.declared
    ? `${link.root} is off line, ${link.devices} devices report through it`
    : `${link.lost.length} of ${link.devices} devices behind ${link.root} are silent`;
  publishRecord(world, record, 'opened', why);
}

function describeLink(record: IncidentRecord, link: LostLink): void {
  record.rootId = link.root;
  record.candidates = [link.root];
  record.facts = { ...record.facts, devices: link.devices, silent: link.lost.length };
  record.linkDevices = [...link.lost];
  record.changed = true;
}

/** Open incidents of links behind this one, the earliest first. */
function incidentsBehind(world: World, root: string): IncidentRecord[] {
  const { links, incidents } = world.state;
  const keys = [...links.open].flatMap(([open, { key }]) => (isBehind(world, open, root) ? [key] : []));
  return incidents
    .filter(({ key, kind }) => kind === 'communication' && keys.includes(key))
    .sort((a, b) => a.onset - b.onset || a.key - b.key);
}

function mergeLink(world: World, record: IncidentRecord, into: IncidentRecord): void {
  record.state = 'merged';
  record.mergedInto = into.id;
  mergeTold(into.told, record.told);
  note(record, world.state.at, 'merged', `into ${into.id}`);
  note(into, world.state.at, 'merged', `took in ${record.id}`);
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
