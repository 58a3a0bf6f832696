import type { Site } from './site.ts';

/** Where the switches of a site stand, as far as anybody told. Plain data, part of the engine's snapshot. */
export interface Switching {
  /** Ties that are closed. */
  readonly ties: readonly string[];
  /** Transfers that stand on their alternate supply. */
  readonly alternate: readonly string[];
  /** Nodes whose own switch is open: they are fed, what is below them is not. */
  readonly open: readonly string[];
  /** Nodes that cannot feed further down for now (roots of open outages): ties feed around them. */
  readonly dead: readonly string[];
}

export function normalSwitching(site: Site): Switching {
  return {
    ties: site.ties.filter(({ closed }) => closed).map(({ id }) => id),
    alternate: [],
    open: [],
    dead: [],
  };
}

/**
 * Who feeds whom, given the switches: every node that its normal supply reaches keeps it; what it does not reach is fed
 * through closed ties, backwards where it must be; what nothing reaches keeps its normal parent, because that is where
 * its next fault will be looked for.
 */
export function feedersOf(site: Site, switching: Switching): Int32Array {
  const index = new Map(site.nodes.map(({ id }, i) => [id, i]));
  const normal = normalParents(site, switching, index);
  if (switching.ties.length === 0) return normal;
  const blocked = new Set([...switching.open, ...switching.dead].map((id) => index.get(id) ?? -1));
  const children = childLists(normal);
  const parent = normal.slice();
  const reached = new Uint8Array(normal.length);
  const queue: number[] = [];

  const reach = (node: number, by: number) => {
    if (reached[node] === 1) return;
    reached[node] = 1;
    parent[node] = by;
    queue.push(node);
  };
  const spread = () => {
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      if (blocked.has(at)) continue;
      for (const child of children[at] ?? []) reach(child, at);
      const up = normal[at] ?? -1;
      if (up >= 0 && reached[up] === 0 && !blocked.has(up)) reach(up, at);
    }
  };

  normal.forEach((up, node) => {
    if (up === -1) reach(node, -1);
  });
  spread();
  for (let progress = true; progress; ) {
    progress = false;
    for (const tie of site.ties) {
      if (!switching.ties.includes(tie.id)) continue;
      const [a, b] = tie.ends.map((id) => index.get(id) ?? -1);
      if (a === undefined || b === undefined || a < 0 || b < 0 || reached[a] === reached[b]) continue;
      if (reached[a] === 1) reach(b, a);
      else reach(a, b);
      spread();
      progress = true;
    }
  }
  return parent;
}

function normalParents(site: Site, switching: Switching, index: ReadonlyMap<string, number>): Int32Array {
  const parent = new Int32Array(site.nodes.length);
  site.nodes.forEach(({ fedBy }, i) => {
    parent[i] = fedBy === null ? -1 : (index.get(fedBy) ?? -1);
  });
  for (const transfer of site.transfers) {
    const node = index.get(transfer.node);
    if (node === undefined) continue;
    const feeder = switching.alternate.includes(transfer.id) ? transfer.alternate : transfer.normal;
    parent[node] = index.get(feeder) ?? -1;
  }
  return parent;
}

function childLists(parent: Int32Array): number[][] {
  const children: number[][] = Array.from(parent, () => []);
  parent.forEach((up, node) => {
    if (up >= 0) children[up]?.push(node);
  });
  return children;
}
