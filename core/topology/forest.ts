/**
 * Parent pointers as they come from a file, which may run in circles. Every walk is iterative and linear: a file may
 * chain 100,000 nodes.
 */
export interface Forest {
  /** Index of the parent; -1 for a root. */
  readonly parent: Int32Array;
  /** One list per circle, in walking order. */
  readonly circles: readonly (readonly number[])[];
  /** Whether `ancestor` is `node` or stands above it; false for nodes on or below a circle. */
  isAbove(ancestor: number, node: number): boolean;
}

export function buildForest(ids: readonly string[], parentOf: (index: number) => string | null): Forest {
  const indexOf = new Map<string, number>();
  ids.forEach((id, i) => {
    if (!indexOf.has(id)) indexOf.set(id, i);
  });
  const parent = new Int32Array(ids.length).fill(-1);
  for (let i = 0; i < ids.length; i++) {
    const up = parentOf(i);
    if (up !== null) parent[i] = indexOf.get(up) ?? -1;
  }
  let spans: Spans | undefined;
  return {
    parent,
    circles: findCircles(parent),
    isAbove(ancestor, node) {
      spans ??= measureSpans(parent);
      const from = spans.enter[ancestor] ?? -1;
      const at = spans.enter[node] ?? -1;
      return from >= 0 && at >= from && at < (spans.leave[ancestor] ?? -1);
    },
  };
}

function findCircles(parent: Int32Array): number[][] {
  const circles: number[][] = [];
  const walk = new Int32Array(parent.length).fill(-1);
  for (let start = 0; start < parent.length; start++) {
    let at = start;
    while (at !== -1 && walk[at] === -1) {
      walk[at] = start;
      at = parent[at] ?? -1;
    }
    if (at !== -1 && walk[at] === start) circles.push(circleFrom(at, parent));
  }
  return circles;
}

function circleFrom(first: number, parent: Int32Array): number[] {
  const circle = [first];
  for (let at = parent[first] ?? -1; at !== first && at !== -1; at = parent[at] ?? -1) circle.push(at);
  return circle;
}

interface Spans {
  /** Position on entering a node in depth-first order; -1 where no root leads. */
  readonly enter: Int32Array;
  /** One past the last position below the node. */
  readonly leave: Int32Array;
}

function measureSpans(parent: Int32Array): Spans {
  const firstChild = new Int32Array(parent.length).fill(-1);
  const nextSibling = new Int32Array(parent.length).fill(-1);
  const enter = new Int32Array(parent.length).fill(-1);
  const leave = new Int32Array(parent.length).fill(-1);
  for (let i = parent.length - 1; i >= 0; i--) {
    const up = parent[i] ?? -1;
    if (up === -1) continue;
    nextSibling[i] = firstChild[up] ?? -1;
    firstChild[up] = i;
  }
  let position = 0;
  for (let root = 0; root < parent.length; root++) {
    if (parent[root] !== -1) continue;
    let at = root;
    enter[at] = position++;
    for (;;) {
      const child = firstChild[at] ?? -1;
      if (child !== -1 && enter[child] === -1) {
        at = child;
        enter[at] = position++;
        continue;
      }
      leave[at] = position;
      const sibling = nextSibling[at] ?? -1;
      if (at === root) break;
      at = sibling === -1 ? (parent[at] ?? -1) : sibling;
      if (sibling !== -1) enter[at] = position++;
    }
  }
  return { enter, leave };
}
