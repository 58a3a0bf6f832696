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
  const { held, transferred } = planOf(site);
  const own: Cut[] = [];
  for (const at of pathTo(site, node)) {
    const input = at === node && side === 'in';
    const here = cuts.filter((cut) => cut.node === at && hits(cut, at === node, side));
    const barrier = !input && (held.has(at) || transferred.has(at));
    if (!barrier) {
      own.push(...here);
      continue;
    }
    own.push(...here.filter((cut) => cut.side !== 'in'));
    if (held.has(at)) return own;
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
  const { parents } = planOf(site);
  const path: string[] = [];
  for (let at: string | null = node; at !== null; at = parents.get(at) ?? null) path.push(at);
  return path;
}

interface Plan {
  readonly parents: ReadonlyMap<string, string | null>;
  /** UPS. */
  readonly held: ReadonlySet<string>;
  readonly transferred: ReadonlySet<string>;
}

const plans = new WeakMap<Site, Plan>();

function planOf(site: Site): Plan {
  let plan = plans.get(site);
  if (plan === undefined) {
    plan = {
      parents: new Map(site.nodes.map(({ id, fedBy }) => [id, fedBy])),
      held: new Set(site.nodes.flatMap(({ id, kind }) => (kind === 'ups' ? id : []))),
      transferred: new Set(site.transfers.map(({ node }) => node)),
    };
    plans.set(site, plan);
  }
  return plan;
}
