import type { Fault } from '../units/fault.ts';
import { maskOf, phasesText } from '../units/phases.ts';
import { buildForest, type Forest } from './forest.ts';
import type { NetworkNode } from './site.ts';
import type { Located, SiteDraft } from './site-draft.ts';

/** How many names a message lists before it says how many more there are. */
const NAMED_MAX = 8;
const SOURCES: ReadonlySet<string> = new Set(['feed', 'transformer', 'board', 'generator', 'ups']);

/** The supply must be a forest: every unit fed, no loop without an open tie, no phase that the supply does not have. */
export function checkSupply(draft: SiteDraft): { faults: Fault[]; warnings: Fault[] } {
  const nodes = draft.nodes;
  const ids = nodes.map(({ value }) => value.id);
  const forest = buildForest(ids, (i) => nodes[i]?.value.fedBy ?? null);
  const indexOf = new Map<string, number>();
  ids.forEach((id, i) => {
    if (!indexOf.has(id)) indexOf.set(id, i);
  });
  const tied = checkTies(draft, forest, indexOf);
  return {
    faults: [
      ...forest.circles.map((circle) => loopFault(circle, nodes)),
      ...nodes.flatMap((node) => unfedFault(node, tied.ends)),
      ...nodes.flatMap((node, i) => phaseFault(node, nodes[forest.parent[i] ?? -1])),
      ...tied.faults,
      ...checkTransfers(draft, forest, indexOf),
    ],
    warnings: [...nodes.flatMap(sourceWarning), ...tied.warnings],
  };
}

function loopFault(circle: readonly number[], nodes: readonly Located<NetworkNode>[]): Fault {
  const first = circle.reduce((lowest, i) => Math.min(lowest, i));
  const turn = circle.indexOf(first);
  const names = [...circle.slice(turn), ...circle.slice(0, turn)].map((i) => nodes[i]?.value.id ?? '');
  const more = names.length > NAMED_MAX ? ` … (${names.length} nodes)` : ` < ${names[0]}`;
  return {
    path: `${nodes[first]?.path}/fedBy`,
    code: 'loop',
    message: `the supply runs in a loop without an open tie: ${names.slice(0, NAMED_MAX).join(' < ')}${more}`,
  };
}

function unfedFault({ path, value }: Located<NetworkNode>, tieEnds: ReadonlySet<string>): Fault[] {
  if (value.kind !== 'unit' || value.fedBy !== null || tieEnds.has(value.id)) return [];
  return [
    {
      path: `${path}/fedBy`,
      code: 'not_fed',
      message: `nothing feeds unit '${value.id}': name its supply in fedBy`,
    },
  ];
}

function phaseFault(
  { path, value }: Located<NetworkNode>,
  feeder: Located<NetworkNode> | undefined,
): Fault[] {
  if (feeder === undefined) return [];
  const missing = maskOf(value.phases) & ~maskOf(feeder.value.phases);
  if (missing === 0) return [];
  return [
    {
      path: `${path}/phases`,
      code: 'phases_not_available',
      message: `'${value.id}' is on ${value.phases}, but its supply '${feeder.value.id}' has ${feeder.value.phases}: no ${phasesText(missing)}`,
    },
  ];
}

function sourceWarning({ path, value }: Located<NetworkNode>): Fault[] {
  if (value.fedBy !== null || value.kind === 'unit' || SOURCES.has(value.kind)) return [];
  return [
    {
      path: `${path}/fedBy`,
      code: 'source_kind',
      message: `${value.kind} '${value.id}' has no fedBy, so it is taken for a source of supply`,
    },
  ];
}

interface TieCheck {
  readonly faults: Fault[];
  readonly warnings: Fault[];
  /** Nodes that a closed tie reaches. */
  readonly ends: ReadonlySet<string>;
}

function checkTies({ ties }: SiteDraft, forest: Forest, indexOf: ReadonlyMap<string, number>): TieCheck {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const ends = new Set<string>();
  const groups = groupsOf(forest.parent);
  for (const { path, value } of ties) {
    const [a, b] = value.ends;
    if (a === b) {
      faults.push({
        path: `${path}/ends`,
        code: 'tie_ends',
        message: `tie '${value.id}' joins '${a}' to itself`,
      });
      continue;
    }
    if (!value.closed) continue;
    ends.add(a).add(b);
    const from = indexOf.get(a);
    const to = indexOf.get(b);
    if (from === undefined || to === undefined) continue;
    if (!groups.join(from, to)) {
      faults.push({
        path: `${path}/closed`,
        code: 'loop',
        message: `closed tie '${value.id}' between '${a}' and '${b}' closes a loop; one tie of the loop must be open`,
      });
    } else {
      warnings.push({
        path: `${path}/closed`,
        code: 'parallel_sources',
        message: `closed tie '${value.id}' joins two parts with a source each; a fault behind it may not be localised`,
      });
    }
  }
  return { faults, warnings, ends };
}

/** Which nodes hang together over supply edges and closed ties (union-find with path halving). */
function groupsOf(parent: Int32Array): { join(a: number, b: number): boolean } {
  const leader = Int32Array.from(parent, (_, i) => i);
  function find(i: number): number {
    let at = i;
    for (;;) {
      const up = leader[at] ?? at;
      if (up === at) return at;
      const over = leader[up] ?? up;
      leader[at] = over;
      at = over;
    }
  }
  function join(a: number, b: number): boolean {
    const [x, y] = [find(a), find(b)];
    leader[x] = y;
    return x !== y;
  }
  parent.forEach((up, i) => {
    if (up !== -1) join(i, up);
  });
  return { join };
}

function checkTransfers(
  { transfers, nodes }: SiteDraft,
  forest: Forest,
  indexOf: ReadonlyMap<string, number>,
): Fault[] {
  const faults: Fault[] = [];
  const behind = new Map<string, string>();
  for (const { path, value } of transfers) {
    const fault = (key: string, code: string, message: string) =>
      faults.push({ path: `${path}/${key}`, code, message });
    const { id, node, normal, alternate } = value;
    if (normal === alternate)
      fault('alternate', 'transfer_ends', `transfer '${id}' has '${normal}' on both sides`);
    if (node === normal) fault('normal', 'transfer_ends', `transfer '${id}' feeds '${node}' from itself`);
    if (node === alternate)
      fault('alternate', 'transfer_ends', `transfer '${id}' feeds '${node}' from itself`);

    const other = behind.get(node);
    if (other === undefined) behind.set(node, id);
    else fault('node', 'transfer_node', `'${node}' already stands behind transfer '${other}'`);

    const at = indexOf.get(node);
    const fedBy = at === undefined ? undefined : nodes[at]?.value.fedBy;
    if (fedBy !== undefined && fedBy !== normal && node !== normal) {
      fault(
        'normal',
        'transfer_normal',
        `'${node}' stands behind transfer '${id}', so its fedBy must name '${normal}', not '${fedBy}'`,
      );
    }
    const spare = indexOf.get(alternate);
    if (at !== undefined && spare !== undefined && at !== spare && forest.isAbove(at, spare)) {
      fault(
        'alternate',
        'loop',
        `'${alternate}' is itself fed by '${node}': transfer '${id}' would close a loop`,
      );
    }
  }
  return faults;
}
