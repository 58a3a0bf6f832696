import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutageSet } from '../../../core/detection/outage-set.ts';
import type { SolverTree } from '../../../core/detection/solver-tree.ts';

interface Vertex {
  readonly parent: number;
  readonly cost: number;
  readonly partial: number;
  readonly evidence: readonly [number, number, number];
}

const vertex = (index: number) =>
  fc.record({
    parent: index === 0 ? fc.constant(-1) : fc.integer({ min: 0, max: index - 1 }),
    cost: fc.integer({ min: 0, max: 8000 }),
    partial: fc.integer({ min: 0, max: 3000 }),
    evidence: fc.tuple(weight(), weight(), weight()),
  });
const weight = () => fc.oneof(fc.constant(0), fc.integer({ min: -9000, max: 9000 }));
const forest = (most: number) =>
  fc
    .integer({ min: 1, max: most })
    .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => vertex(i))));

function treeOf(vertices: readonly Vertex[]): SolverTree {
  const count = vertices.length;
  const children: number[][] = vertices.map(() => []);
  vertices.forEach(({ parent }, i) => {
    children[parent]?.push(i);
  });
  return {
    groupOf: new Int32Array(),
    parent: Int32Array.from(vertices, ({ parent }) => parent),
    children,
    members: vertices.map(() => []),
    cost: Int32Array.from({ length: 8 * count }, (_, i) => costOf(vertices, i >> 3, i & 7)),
    observable: new Uint8Array(count).fill(7),
    barrier: new Uint8Array(count),
    gaspable: new Int32Array(3 * count),
    meters: new Int32Array(count),
    topDown: Int32Array.from({ length: count }, (_, i) => i),
    roots: [0],
  };
}

function costOf(vertices: readonly Vertex[], i: number, mask: number): number {
  const { cost = 0, partial = 0 } = vertices[i] ?? {};
  return cost + (mask === 7 ? 0 : partial);
}

/** Best score over every way to give each vertex a set of failed phases, a phase failing at most once on a path. */
function bruteForce(vertices: readonly Vertex[], phases: readonly number[]): number {
  let best = 0;
  const lost = new Array<number>(vertices.length).fill(0);
  const dead = new Array<number>(vertices.length).fill(0);
  const visit = (i: number, score: number) => {
    const current = vertices[i];
    if (current === undefined) {
      best = Math.max(best, score);
      return;
    }
    const above = current.parent < 0 ? 0 : (dead[current.parent] ?? 0);
    for (const mask of phases) {
      if (mask & above) continue;
      lost[i] = mask;
      dead[i] = above | mask;
      const gained = [0, 1, 2].reduce(
        (sum, phase) => (((above | mask) >> phase) & 1 ? sum + (current.evidence[phase] ?? 0) : sum),
        0,
      );
      visit(i + 1, score + gained - (mask === 0 ? 0 : costOf(vertices, i, mask)));
    }
  };
  visit(0, 0);
  return best;
}

function load(vertices: readonly Vertex[], order: readonly number[]) {
  const set = createOutageSet(treeOf(vertices));
  for (const i of order) set.add(i, vertices[i]?.evidence ?? [0, 0, 0], [0, 0, 0]);
  return set;
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];

describe('the most likely outage set', () => {
  it('scores as the best of all subsets, per phase', () => {
    fc.assert(
      fc.property(forest(5), (vertices) => {
        const faults = load(
          vertices,
          vertices.map((_, i) => i),
        ).extract();
        expect(faults.reduce((sum, { gain }) => sum + gain, 0)).toBe(bruteForce(vertices, ALL));
      }),
      { numRuns: 1500 },
    );
  });

  it('scores as the best of all subsets of whole faults on larger trees', () => {
    fc.assert(
      fc.property(forest(12), (vertices) => {
        const single = vertices.map((one) => ({ ...one, partial: 1_000_000 }));
        const faults = load(
          single,
          single.map((_, i) => i),
        ).extract();
        expect(faults.reduce((sum, { gain }) => sum + gain, 0)).toBe(bruteForce(single, [0, 7]));
      }),
      { numRuns: 1500 },
    );
  });

  it('is a function of the evidence and not of its order or history', () => {
    fc.assert(
      fc.property(forest(10), fc.infiniteStream(fc.nat()), (vertices, stream) => {
        const direct = load(
          vertices,
          vertices.map((_, i) => i),
        ).extract();
        const order = vertices
          .map((_, i) => i)
          .sort((a, b) => (stream.next().value ?? 0) - (stream.next().value ?? 0) || a - b);
        const set = load(vertices, order);
        for (const i of order) {
          set.add(i, [5000, -5000, 77], [0, 0, 0]);
          set.add(i, [-5000, 5000, -77], [0, 0, 0]);
        }
        expect(set.extract()).toEqual(direct);
      }),
      { numRuns: 500 },
    );
  });
});
