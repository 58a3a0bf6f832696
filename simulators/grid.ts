import type { Site } from '../core/topology/site.ts';
import { ALL_PHASES, maskOf, type PhaseMask } from '../core/units/phases.ts';

/** How every switch, source and conductor of the simulated network stands. */
export interface Switches {
  /** Nodes whose own switch is open: fed, but feeding nothing. */
  readonly open: ReadonlySet<number>;
  /** Sources that have nothing to give: a feed that failed, a generator at rest, a UPS with an empty battery. */
  readonly failed: ReadonlySet<number>;
  /** Phases that do not get past a node. */
  readonly broken: ReadonlyMap<number, PhaseMask>;
  /** Indexes of closed ties. */
  readonly ties: ReadonlySet<number>;
  /** Indexes of transfers that stand on their alternate supply. */
  readonly alternate: ReadonlySet<number>;
}

/** Live phases at both sides of every node. */
export interface Energised {
  readonly incoming: Uint8Array;
  readonly outgoing: Uint8Array;
}

export interface Grid {
  readonly index: ReadonlyMap<string, number>;
  /** What is live, by spreading from every source over closed switches, phase by phase. */
  energise(switches: Switches): Energised;
  readonly transfers: readonly {
    readonly node: number;
    readonly normal: number;
    readonly alternate: number;
  }[];
  readonly ties: readonly (readonly [number, number])[];
}

/** Kinds that pass energy one way only; through all others a closed tie may feed backwards. */
const ONE_WAY: ReadonlySet<string> = new Set(['feed', 'transformer', 'generator', 'ups', 'ats', 'unit']);

export function buildGrid(site: Site): Grid {
  const index = new Map(site.nodes.map(({ id }, i) => [id, i]));
  const at = (id: string | null) => (id === null ? -1 : (index.get(id) ?? -1));
  const parent = Int32Array.from(site.nodes, ({ fedBy }) => at(fedBy));
  const children = childrenOf(parent);
  const mask = Uint8Array.from(site.nodes, ({ phases }) => maskOf(phases) || ALL_PHASES);
  const transfers = site.transfers.map((t) => ({
    node: at(t.node),
    normal: at(t.normal),
    alternate: at(t.alternate),
  }));
  const ties = site.ties.map(({ ends }): readonly [number, number] => [at(ends[0]), at(ends[1])]);
  const transferred = new Set(transfers.map(({ node }) => node));
  const oneWay = site.nodes.map(({ kind }) => ONE_WAY.has(kind));
  const isUps = site.nodes.map(({ kind }) => kind === 'ups');

  function energise({ open, failed, broken, ties: closedTies, alternate }: Switches): Energised {
    const incoming = new Uint8Array(parent.length);
    const outgoing = new Uint8Array(parent.length);
    const waiting: number[] = [];
    const tied = tiesByEnd(closedTies);
    const below = transfersByFeeder(alternate);

    const raise = (side: Uint8Array, node: number, phases: PhaseMask) => {
      const live = (side[node] ?? 0) | (phases & (mask[node] ?? 0));
      if (live === side[node]) return;
      side[node] = live;
      waiting.push(node);
    };
    const passing = (node: number) => (open.has(node) ? 0 : ALL_PHASES & ~(broken.get(node) ?? 0));
    parent.forEach((up, node) => {
      if (failed.has(node)) return;
      if (isUps[node]) raise(outgoing, node, passing(node));
      else if (up === -1 && !transferred.has(node)) raise(incoming, node, ALL_PHASES);
    });
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      raise(outgoing, node, (incoming[node] ?? 0) & passing(node));
      const out = outgoing[node] ?? 0;
      for (const child of children[node] ?? []) if (!transferred.has(child)) raise(incoming, child, out);
      for (const child of below.get(node) ?? []) raise(incoming, child, out);
      for (const other of tied.get(node) ?? []) raise(outgoing, other, out);
      if (oneWay[node]) continue;
      raise(incoming, node, out & passing(node));
      const up = transferred.has(node) ? -1 : (parent[node] ?? -1);
      if (up !== -1 && !oneWay[up]) raise(outgoing, up, incoming[node] ?? 0);
    }
    return { incoming, outgoing };
  }

  function tiesByEnd(closed: ReadonlySet<number>): Map<number, number[]> {
    const ends = new Map<number, number[]>();
    for (const tie of closed) {
      const [a, b] = ties[tie] ?? [-1, -1];
      ends.set(a, [...(ends.get(a) ?? []), b]);
      ends.set(b, [...(ends.get(b) ?? []), a]);
    }
    return ends;
  }

  function transfersByFeeder(alternate: ReadonlySet<number>): Map<number, number[]> {
    const below = new Map<number, number[]>();
    transfers.forEach((transfer, i) => {
      const feeder = alternate.has(i) ? transfer.alternate : transfer.normal;
      below.set(feeder, [...(below.get(feeder) ?? []), transfer.node]);
    });
    return below;
  }

  return { index, energise, transfers, ties };
}

function childrenOf(parent: Int32Array): number[][] {
  const children: number[][] = Array.from(parent, () => []);
  parent.forEach((up, node) => {
    if (up >= 0) children[up]?.push(node);
  });
  return children;
}
