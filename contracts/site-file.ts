import { checkDraft } from '../core/topology/check-site.ts';
import type { Site } from '../core/topology/site.ts';
import type { SiteDraft } from '../core/topology/site-draft.ts';
import type { Fault } from '../core/units/fault.ts';
import { readDraft } from './site-draft.ts';

export type ParsedSite =
  | { readonly site: Site; readonly warnings: readonly Fault[] }
  | { readonly faults: readonly Fault[] };

/**
 * Reads a site file: accepted with defaults filled in, or refused with every fault at once; never throws.
 * Unknown keys are no fault and draw a warning; whoever stores the file keeps them by storing `json` itself.
 * `profiles` are the device models at hand; a device with another one draws a warning.
 */
export function parseSite(json: unknown, profiles?: { has(id: string): boolean }): ParsedSite {
  const { draft, faults, warnings } = readDraft(json);
  const checked = checkDraft(draft);
  const all = [...faults, ...checked.faults];
  if (all.length > 0 || draft.facts === null) return { faults: all };
  const site: Site = {
    site: draft.facts.value,
    nodes: valuesOf(draft.nodes),
    ties: valuesOf(draft.ties),
    transfers: valuesOf(draft.transfers),
    gateways: valuesOf(draft.gateways),
    devices: valuesOf(draft.devices),
    premises: valuesOf(draft.premises),
  };
  return { site, warnings: [...warnings, ...checked.warnings, ...unknownProfiles(draft, profiles)] };
}

function valuesOf<T>(located: readonly { readonly value: T }[]): T[] {
  return located.map(({ value }) => value);
}

function unknownProfiles(draft: SiteDraft, profiles: { has(id: string): boolean } | undefined): Fault[] {
  if (profiles === undefined) return [];
  return draft.devices
    .filter(({ value }) => !profiles.has(value.profile))
    .map(({ path, value }) => ({
      path: `${path}/profile`,
      code: 'unknown_profile',
      message: `there is no device profile '${value.profile}'; only native messages of '${value.id}' will be understood`,
    }));
}
