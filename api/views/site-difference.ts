import { isDeepStrictEqual } from 'node:util';
import type { PutSiteReply } from '../../contracts/http/sites.ts';
import type { Site } from '../../core/topology/site.ts';

type Sections = Omit<PutSiteReply, 'applied' | 'version' | 'siteChanged' | 'warnings'>;
type Named = { readonly id: string };

/** What `next` adds, changes and removes, ids per section; against nothing everything is added. */
export function siteDifference(before: Site | null, next: Site): Sections & { siteChanged: boolean } {
  return {
    siteChanged: !isDeepStrictEqual(before?.site, next.site),
    nodes: difference(before?.nodes ?? [], next.nodes),
    ties: difference(before?.ties ?? [], next.ties),
    transfers: difference(before?.transfers ?? [], next.transfers),
    gateways: difference(before?.gateways ?? [], next.gateways),
    devices: difference(before?.devices ?? [], next.devices),
    premises: difference(before?.premises ?? [], next.premises),
  };
}

function difference(before: readonly Named[], next: readonly Named[]): Sections['nodes'] {
  const known = new Map(before.map((one) => [one.id, one]));
  const kept = new Set(next.map((one) => one.id));
  const added: string[] = [];
  const changed: string[] = [];
  for (const one of next) {
    const old = known.get(one.id);
    if (old === undefined) added.push(one.id);
    else if (!isDeepStrictEqual(old, one)) changed.push(one.id);
  }
  return { added, changed, removed: before.map((one) => one.id).filter((id) => !kept.has(id)) };
}
