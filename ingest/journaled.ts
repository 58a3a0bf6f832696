import type { Command } from '../core/incidents/engine.ts';
import type { Incident } from '../core/incidents/incident.ts';
import type { Interruption } from '../core/interruptions/interruption.ts';
import type { Site } from '../core/topology/site.ts';

/** What a `command` record of the journal holds. `id` makes a repeat harmless; the record's topic is the site, '' for all. */
export type Journaled =
  | { readonly id: string; readonly type: 'command'; readonly command: Command }
  | JournaledSite
  | Adoption;

/** The whole site as it is from here on: the fold must not depend on what the site store says today. */
export interface JournaledSite {
  readonly id: string;
  readonly type: 'site';
  readonly version: number;
  readonly site: Site;
  /** Another instance had the site until now: what this fold knew of it is out of date. */
  readonly afresh: boolean;
}

/** Open incidents of the store that this fold knows nothing of, because its state was lost or the site taken over. */
export interface Adoption {
  readonly id: string;
  readonly type: 'adopt';
  readonly incidents: readonly Incident[];
  /** The open interruptions they cause. */
  readonly interruptions: readonly Interruption[];
}

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });
const TYPES: ReadonlySet<unknown> = new Set(['command', 'site', 'adopt']);

export function encodeJournaled(journaled: Journaled): Uint8Array {
  return utf8.encode(JSON.stringify(journaled));
}

/** Null when the record is not one this program understands. */
export function decodeJournaled(payload: Uint8Array): Journaled | null {
  let value: unknown;
  try {
    value = JSON.parse(text.decode(payload));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || !('id' in value)) return null;
  // Only ingest writes these records, and each carries a checksum; what stands in them needs no second proof.
  return TYPES.has(value.type) ? (value as Journaled) : null;
}
