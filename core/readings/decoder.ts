import type { Device, Site } from '../topology/site.ts';
import type { Instant } from '../units/time.ts';
import type { DecodedMessage, Refusal } from './message.ts';
import { readEvent, readHistory, readStatus, readTelemetry } from './native-payload.ts';
import type { Profiles } from './profile.ts';
import { refuse } from './refusal.ts';

const MAX_PAYLOAD_BYTES = 262_144;

/** Where the decoder finds sites; `get` is asked for every message. */
export interface SiteLookup {
  get(id: string): Site | undefined;
  all(): Iterable<Site>;
}

export interface Decoded {
  readonly site: string;
  readonly message: DecodedMessage;
}

export interface Decoder {
  decode(topic: string, payload: Uint8Array, at: Instant): Decoded | Refusal;
}

/** Turns raw MQTT into messages: native topics by themselves, other makers' through the profile of the addressed device. */
export function createDecoder(sites: SiteLookup, profiles: Profiles): Decoder {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const indexes = new WeakMap<Site, SiteIndex>();

  function indexOf(site: Site): SiteIndex {
    let index = indexes.get(site);
    if (index === undefined) {
      index = indexSite(site);
      indexes.set(site, index);
    }
    return index;
  }

  function parse(payload: Uint8Array): unknown {
    try {
      return JSON.parse(utf8.decode(payload));
    } catch {
      return undefined;
    }
  }

  function decodeNative(
    device: string,
    kind: string,
    payload: Uint8Array,
    at: Instant,
  ): DecodedMessage | Refusal {
    if (kind === 'status') return readStatus(device, payload.length > 16 ? '' : printable(payload));
    const json = parse(payload);
    if (json === undefined) return refuse('malformed_json', 'the payload is not JSON');
    if (kind === 'telemetry') return readTelemetry(device, json, at);
    if (kind === 'event') return readEvent(device, json, at);
    return readHistory(device, json, at);
  }

  function decodeForeign(topic: string, payload: Uint8Array, at: Instant): Decoded | Refusal {
    for (const site of sites.all()) {
      const found = indexOf(site).byPrefix(topic);
      if (found === undefined) continue;
      const format = profiles.get(found.device.profile)?.mqtt;
      if (format === undefined)
        return refuse('unknown_topic', `profile '${found.device.profile}' has no MQTT topics`);
      const message = format.decode(found.tail, payload, found.device, at);
      return message.kind === 'refused' ? message : { site: site.site.id, message };
    }
    return refuse('unknown_topic', 'no device has this topic');
  }

  return {
    decode(topic, payload, at) {
      if (payload.length > MAX_PAYLOAD_BYTES)
        return refuse('too_large', `more than ${MAX_PAYLOAD_BYTES} bytes`);
      if (!topic.startsWith('relight/')) return decodeForeign(topic, payload, at);
      const [, siteId = '', device = '', kind = '', ...rest] = topic.split('/');
      const site = sites.get(siteId);
      if (site === undefined) return refuse('unknown_site', 'there is no such site');
      if (kind === 'command') return refuse('forbidden_topic', 'commands go to devices, not from them');
      if (!NATIVE_KINDS.has(kind) || rest.length > 0) return refuse('unknown_topic', 'not a native topic');
      const index = indexOf(site);
      const known = index.devices.has(device) || (kind === 'status' && index.gateways.has(device));
      if (!known) return refuse('unknown_device', 'the site has no such device');
      const message = decodeNative(device, kind, payload, at);
      return message.kind === 'refused' ? message : { site: siteId, message };
    },
  };
}

const NATIVE_KINDS: ReadonlySet<string> = new Set(['telemetry', 'event', 'status', 'history']);

interface SiteIndex {
  readonly devices: ReadonlySet<string>;
  readonly gateways: ReadonlySet<string>;
  byPrefix(topic: string): { readonly device: Device; readonly tail: string } | undefined;
}

function indexSite(site: Site): SiteIndex {
  const prefixes = new Map<string, Device>();
  for (const device of site.devices) {
    if (device.address !== null && !device.address.includes('://')) prefixes.set(device.address, device);
  }
  return {
    devices: new Set(site.devices.map(({ id }) => id)),
    gateways: new Set(site.gateways.map(({ id }) => id)),
    /** The longest prefix that ends at a slash of the topic wins. */
    byPrefix(topic) {
      for (let end = topic.length; end > 0; end = topic.lastIndexOf('/', end - 1)) {
        const device = prefixes.get(topic.slice(0, end));
        if (device !== undefined) return { device, tail: topic.slice(end + 1) };
      }
      return undefined;
    },
  };
}

/** Status words are ASCII; anything else becomes a text that matches none. */
function printable(payload: Uint8Array): string {
  return String.fromCharCode(...payload);
}
