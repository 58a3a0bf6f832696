import type { Device, Site } from '../core/topology/site.ts';
import { coversFilter, matchesFilter } from './topic-filter.ts';

/** `intake`: evidence for ingest. `relay`: between programs of the house, passed on without being journaled. */
export type PublishVerdict =
  | 'intake'
  | 'relay'
  | 'not_yours'
  | 'unknown_device'
  | 'unknown_topic'
  | 'topic_too_long';

/** What one signed-in client may say and hear (DESIGN 4.2). */
export interface Access {
  mayPublish(topic: string): PublishVerdict;
  maySubscribe(filter: string): boolean;
  /** Only a status is kept for later subscribers; everything else is old as soon as it is said. */
  mayRetain(topic: string): boolean;
  /** How many ids it speaks for. */
  readonly voices: number;
}

const SPOKEN = new Set(['telemetry', 'event', 'status', 'history']);
const STATUS = '/status';

/** Everything the access of a site's clients is computed from, made once per version of the site. */
export interface SiteAccess {
  of(id: string): Access | null;
}

export function siteAccess(site: Site, topic_length: number): SiteAccess {
  const devices = new Map(site.devices.map((device) => [device.id, device]));
  const gateways = new Map(site.gateways.map((gateway) => [gateway.id, gateway]));
  const behind = new Map<string, Device[]>();

  for (const device of site.devices) {
    const passed = new Set<string>();
    let via = device.via;
    while (via !== null && gateways.has(via) && !passed.has(via)) {
      passed.add(via);
      const reached = behind.get(via) ?? [];
      reached.push(device);
      behind.set(via, reached);
      via = gateways.get(via)?.via ?? null;
    }
  }

  const prefix = `relight/${site.site.id}/`;
  const known = (id: string) => devices.has(id) || gateways.has(id);

  return {
    of(id) {
      if (!known(id)) return null;
      const own = devices.get(id);
      const spokenFor = [...(own ? [own] : []), ...(gateways.has(id) ? (behind.get(id) ?? []) : [])];
      return clientAccess({ prefix, own: id, spokenFor, known, topic_length });
    },
  };
}

function clientAccess(facts: {
  prefix: string;
  own: string;
  spokenFor: readonly Device[];
  known: (id: string) => boolean;
  topic_length: number;
}): Access {
  const { prefix, known, topic_length } = facts;
  const ids = new Set([facts.own, ...facts.spokenFor.map((device) => device.id)]);
  const makerPrefixes = new Set(facts.spokenFor.map(makerPrefix).filter((address) => address !== null));

  function mayPublish(topic: string): PublishVerdict {
    if (topic.length > topic_length) return 'topic_too_long';
    if (!topic.startsWith('relight')) return isBelow(makerPrefixes, topic) ? 'intake' : 'not_yours';
    if (!topic.startsWith(prefix)) return 'not_yours';

    const slash = topic.indexOf('/', prefix.length);
    if (slash < 0) return 'unknown_topic';
    const id = topic.slice(prefix.length, slash);
    if (!ids.has(id)) return known(id) ? 'not_yours' : 'unknown_device';
    return SPOKEN.has(topic.slice(slash + 1)) ? 'intake' : 'unknown_topic';
  }

  return {
    mayPublish,
    maySubscribe(filter) {
      if (!filter.startsWith(prefix) || !filter.endsWith('/command')) return false;
      return ids.has(filter.slice(prefix.length, -'/command'.length));
    },
    mayRetain: (topic) => topic.endsWith(STATUS) && topic.startsWith(prefix),
    voices: ids.size,
  };
}

/** A device of another make speaks below the topic prefix in its address; our own name space is never one. */
function makerPrefix(device: Device): string | null {
  const { address } = device;
  if (address === null || address === '' || address.includes('://')) return null;
  if (address.startsWith('relight') || address.startsWith('$') || /[+#]/.test(address)) return null;
  return address.endsWith('/') ? address.slice(0, -1) : address;
}

function isBelow(prefixes: ReadonlySet<string>, topic: string): boolean {
  if (prefixes.size === 0) return false;
  for (let slash = topic.indexOf('/'); slash >= 0; slash = topic.indexOf('/', slash + 1)) {
    if (prefixes.has(topic.slice(0, slash))) return true;
  }
  return prefixes.has(topic);
}

/** A program of the house, let in by the composition and not by a site: services, the simulator's control channel. */
export interface ExtraClient {
  /** The MQTT user name; the client id must start with it. */
  readonly username: string;
  readonly sha256: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export function extraAccess(client: ExtraClient, topic_length: number): Access {
  return {
    mayPublish(topic) {
      if (topic.length > topic_length) return 'topic_too_long';
      if (!client.publish.some((filter) => matchesFilter(filter, topic))) return 'not_yours';
      return topic.startsWith('relight-') ? 'relay' : 'intake';
    },
    maySubscribe: (filter) => client.subscribe.some((allowed) => coversFilter(allowed, filter)),
    mayRetain: () => true,
    voices: 50,
  };
}
