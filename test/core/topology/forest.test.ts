import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildForest } from '../../../core/topology/forest.ts';

const pointers = fc
  .integer({ min: 1, max: 40 })
  .chain((size) => fc.array(fc.integer({ min: -1, max: size - 1 }), { minLength: size, maxLength: size }));

function forestOf(parent: readonly number[]) {
  return buildForest(
    parent.map((_, i) => `n${i}`),
    (i) => (parent[i] === -1 ? null : `n${parent[i]}`),
  );
}

/** The nodes met on the way up, until the root or a node met before. */
function wayUp(parent: readonly number[], from: number): { way: number[]; circular: boolean } {
  const way: number[] = [];
  for (let at = from; at !== -1; at = parent[at] ?? -1) {
    if (way.includes(at)) return { way, circular: true };
    way.push(at);
  }
  return { way, circular: false };
}

it('says who stands above whom exactly as a walk up the tree does', () => {
  fc.assert(
    fc.property(pointers, (parent) => {
      const forest = forestOf(parent);
      for (let node = 0; node < parent.length; node++) {
        const { way, circular } = wayUp(parent, node);
        for (let above = 0; above < parent.length; above++) {
          expect(forest.isAbove(above, node)).toBe(!circular && way.includes(above));
        }
      }
    }),
  );
});

it('names every circle once, with exactly the nodes on it', () => {
  fc.assert(
    fc.property(pointers, (parent) => {
      const onCircle = parent.map((_, i) => i).filter((i) => wayUp(parent, parent[i] ?? -1).way.includes(i));
      const named = forestOf(parent).circles.flat();
      expect([...named].sort((a, b) => a - b)).toEqual(onCircle);
    }),
  );
});

it('takes an unknown parent for a root and the first of equal ids for the parent meant', () => {
  const forest = buildForest(['a', 'a', 'b', 'c'], (i) => [null, null, 'a', 'nobody'][i] ?? null);
  expect([...forest.parent]).toEqual([-1, -1, 0, -1]);
});
