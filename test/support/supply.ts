import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';

/** A loss of supply as it truly happened: everything below `node` (and the node's own out side), or from its in side on. */
export interface Cut {
  readonly node: string;
  readonly side?: 'in' | 'out';
  readonly from: Instant;
  /** Null: until the end. */
  readonly to: Instant | null;
  readonly phases?: string;
}

/** The cuts at or above a place. */
export function cutsOver(site: Site, cuts: readonly Cut[], node: string, side: 'in' | 'out'): Cut[] {
  return pathTo(site, node).flatMap((at) =>
    cuts.filter((cut) => cut.node === at && hits(cut, at === node, side)),
  );
}

/**
 * The losses at a place where a UPS holds what is behind it and a transfer switch goes over to its other supply after
 * `standby_ms`.
 */
export function lossesAt(
  site: Site,
  cuts: readonly Cut[],
  node: string,
  side: 'in' | 'out',
  standby_ms: number,
): Cut[] {
  const kinds = new Map(site.nodes.map(({ id, kind }) => [id, kind]));
  const behind = new Set(site.transfers.map((transfer) => transfer.node));
  const own: Cut[] = [];
  for (const at of pathTo(site, node)) {
    const input = at === node && side === 'in';
    const here = cuts.filter((cut) => cut.node === at && hits(cut, at === node, side));
    const barrier = !input && (kinds.get(at) === 'ups' || behind.has(at));
    if (!barrier) {
      own.push(...here);
      continue;
    }
    own.push(...here.filter((cut) => cut.side !== 'in'));
    if (kinds.get(at) === 'ups') return own;
    return [...own, ...bridged(lossesAt(site, cuts, at, 'in', standby_ms), standby_ms)];
  }
  return own;
}

/** Only what begins while the other supply does not yet carry is felt, and only until it does. */
function bridged(losses: readonly Cut[], standby_ms: number): Cut[] {
  const covered = (cut: Cut) =>
    losses.some((other) => other.from < cut.from && (other.to === null || other.to >= cut.from));
  return losses
    .filter((cut) => !covered(cut))
    .map((cut) => ({ ...cut, to: Math.min(cut.to ?? Number.POSITIVE_INFINITY, cut.from + standby_ms) }));
}

function hits(cut: Cut, own: boolean, side: 'in' | 'out'): boolean {
  return !(own && side === 'in' && (cut.side ?? 'out') === 'out');
}

function pathTo(site: Site, node: string): string[] {
  const parents = parentsOf(site);
  const path: string[] = [];
  for (let at: string | null = node; at !== null; at = parents.get(at) ?? null) path.push(at);
  return path;
}

const known = new WeakMap<Site, ReadonlyMap<string, string | null>>();

function parentsOf(site: Site): ReadonlyMap<string, string | null> {
  let parents = known.get(site);
  if (parents === undefined) {
    parents = new Map(site.nodes.map(({ id, fedBy }) => [id, fedBy]));
    known.set(site, parents);
  }
  return parents;
}
