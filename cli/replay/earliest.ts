import type { Instant } from '../../core/units/time.ts';

/** A queue by instant; of those with the same one, the first put comes first. */
export function createEarliest<Item>() {
  const heap: { at: Instant; order: number; item: Item }[] = [];
  let order = 0;

  function precedes(a: number, b: number): boolean {
    const one = heap[a];
    const other = heap[b];
    if (one === undefined || other === undefined) return one !== undefined;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  function swap(a: number, b: number): void {
    const one = heap[a];
    const other = heap[b];
    if (one === undefined || other === undefined) return;
    heap[a] = other;
    heap[b] = one;
  }

  return {
    put(at: Instant, item: Item): void {
      heap.push({ at, order: order++, item });
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (!precedes(child, parent)) break;
        swap(child, parent);
        child = parent;
      }
    },
    /** The earliest one if it is no later than `at`; null otherwise. */
    takeUpTo(at: Instant): Item | null {
      const first = heap[0];
      if (first === undefined || first.at > at) return null;
      swap(0, heap.length - 1);
      heap.pop();
      for (let parent = 0; ; ) {
        const left = 2 * parent + 1;
        const child = precedes(left + 1, left) ? left + 1 : left;
        if (!precedes(child, parent)) break;
        swap(parent, child);
        parent = child;
      }
      return first.item;
    },
  };
}
