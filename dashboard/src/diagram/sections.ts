import type { NodeView, SiteView } from '../../../contracts/http/sites.ts';

/** One outgoing way of a busbar: the first node below it and the units it feeds. */
export interface Feeder {
  readonly node: NodeView;
  readonly units: readonly string[];
}

/** One busbar with the chain that supplies it, source first, and its feeders in file order. */
export interface Section {
  readonly bus: NodeView;
  readonly chain: readonly NodeView[];
  /** Feeds this busbar when the normal chain does not: the other side of its transfer switch. */
  readonly alternate: NodeView | null;
  readonly feeders: readonly Feeder[];
}

/**
 * The busbars a single-line diagram shows: the first boards below the transformers, and boards behind a transfer switch. A network
 * without boards shows its first branching node below each source.
 */
export function sectionsOf(site: Pick<SiteView, 'nodes' | 'transfers'>): Section[] {
  const tree = indexTree(site.nodes);
  const alternates = new Map(site.transfers.map(({ node, alternate }) => [node, alternate]));
  const sources = site.nodes.filter(({ fedBy, kind }) => fedBy === null && kind !== 'generator');

  const buses: NodeView[] = [];
  for (const source of sources) {
    const found = busesBelow(source, tree, alternates);
    const fallback = found.length === 0 ? firstBranching(source, tree) : null;
    buses.push(...(fallback === null ? found : [fallback]));
  }

  const shown = new Set(buses.map(({ id }) => id));
  return buses.map((bus) => ({
    bus,
    chain: chainAbove(bus, tree, shown),
    alternate: tree.byId.get(alternateOf(bus, tree, alternates) ?? '') ?? null,
    feeders: childrenOf(tree, bus.id)
      .filter((child) => !leadsToShown(child, tree, shown))
      .map((node) => ({ node, units: unitsBelow(node, tree) })),
  }));
}

export interface Tree {
  readonly byId: ReadonlyMap<string, NodeView>;
  readonly children: ReadonlyMap<string, readonly NodeView[]>;
}

export function indexTree(nodes: readonly NodeView[]): Tree {
  const children = new Map<string, NodeView[]>();
  for (const node of nodes) {
    if (node.fedBy === null) continue;
    const siblings = children.get(node.fedBy);
    if (siblings === undefined) children.set(node.fedBy, [node]);
    else siblings.push(node);
  }
  return { byId: new Map(nodes.map((node) => [node.id, node])), children };
}

/** Ids of the units at or below a node. */
export function unitsBelow(node: NodeView, tree: Tree): string[] {
  return below(node, tree)
    .filter(({ kind }) => kind === 'unit')
    .map(({ id }) => id);
}

function below(node: NodeView, tree: Tree): NodeView[] {
  const found: NodeView[] = [];
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    open.push(...childrenOf(tree, next.id));
  }
  return found;
}

function busesBelow(source: NodeView, tree: Tree, alternates: ReadonlyMap<string, string>): NodeView[] {
  const buses: NodeView[] = [];
  const open: { node: NodeView; underBoard: boolean }[] = [{ node: source, underBoard: false }];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { node, underBoard } = next;
    const children = childrenOf(tree, node.id);
    const distributes = children.length > 1 && !children.every((child) => feedsTransformer(child, tree));
    const free = !underBoard || alternateOf(node, tree, alternates) !== null;
    const isBus = node.kind === 'board' && distributes && free;
    if (isBus) buses.push(node);
    for (const child of childrenOf(tree, node.id))
      open.push({ node: child, underBoard: underBoard || isBus });
  }
  return buses;
}

/** A switchboard on the high side has transformers below every way: it belongs to the chains, not to the busbars. */
function feedsTransformer(node: NodeView, tree: Tree): boolean {
  return below(node, tree).some(({ kind }) => kind === 'transformer');
}

/** A transfer may stand on the board itself or on the switch just above it. */
function alternateOf(bus: NodeView, tree: Tree, alternates: ReadonlyMap<string, string>): string | null {
  const own = alternates.get(bus.id);
  if (own !== undefined) return own;
  const parent = tree.byId.get(bus.fedBy ?? '');
  return parent?.kind === 'ats' ? (alternates.get(parent.id) ?? null) : null;
}

function firstBranching(source: NodeView, tree: Tree): NodeView | null {
  let node: NodeView | undefined = source;
  while (node !== undefined) {
    const next: readonly NodeView[] = childrenOf(tree, node.id);
    if (next.length > 1) return node;
    node = next[0];
  }
  return null;
}

function chainAbove(bus: NodeView, tree: Tree, shown: ReadonlySet<string>): NodeView[] {
  const chain: NodeView[] = [];
  for (
    let node = tree.byId.get(bus.fedBy ?? '');
    node !== undefined && !shown.has(node.id);
    node = tree.byId.get(node.fedBy ?? '')
  ) {
    chain.unshift(node);
  }
  return chain;
}

function leadsToShown(node: NodeView, tree: Tree, shown: ReadonlySet<string>): boolean {
  return below(node, tree).some(({ id }) => shown.has(id));
}

function childrenOf(tree: Tree, id: string): readonly NodeView[] {
  return tree.children.get(id) ?? [];
}
