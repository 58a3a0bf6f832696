import type { Site } from './site.ts';
import type { Switching } from './switching.ts';

/**
 * By node: the node below which its loop lies, or -1 for one that has supply from one side only. A closed tie between two
 * parts that both have supply makes a loop: one fault on it need not darken what is below, so darkness there does not tell
 * where the fault is.
 */
export function loopsOf(site: Site, switching: Switching, parent: Int32Array): Int32Array {
  const loops = new Int32Array(parent.length).fill(-1);
  if (switching.ties.length === 0) return loops;
  const index = new Map(site.nodes.map(({ id }, i) => [id, i]));
  for (const tie of site.ties) {
    if (!switching.ties.includes(tie.id)) continue;
    const [a, b] = tie.ends.map((id) => index.get(id) ?? -1);
    if (a === undefined || b === undefined || a < 0 || b < 0) continue;
    if (parent[a] === b || parent[b] === a) continue;
    markLoop(loops, parent, a, b);
  }
  return loops;
}

function markLoop(loops: Int32Array, parent: Int32Array, a: number, b: number): void {
  const up = (node: number) => parent[node] ?? -1;
  const above = new Set<number>();
  for (let node = a; node >= 0; node = up(node)) above.add(node);
  let top = b;
  while (top >= 0 && !above.has(top)) top = up(top);
  for (const end of [a, b]) {
    // Two supplies side by side meet nowhere: the loop reaches up to the sources.
    let last = end;
    for (let node = end; node >= 0 && node !== top; node = up(node)) last = node;
    const from = top >= 0 ? top : last;
    for (let node = end; node >= 0 && node !== top; node = up(node))
      if (loops[node] === -1) loops[node] = from;
  }
}
