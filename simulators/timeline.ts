import type { Instant } from '../core/units/time.ts';

/** What will happen when. Time moves only by `advance`, so that a test can play hours in a moment. */
export interface Timeline {
  now(): Instant;
  /** Runs once at `time`, or at the next advance when that is past; returns its undo. */
  at(time: Instant, run: () => void): () => void;
  /** Runs everything due up to `time`, in order, each at its own instant. */
  advance(time: Instant): void;
  /** When the next entry is due; null when nothing waits. */
  due(): Instant | null;
}

interface Entry {
  readonly time: Instant;
  readonly order: number;
  run: (() => void) | null;
}

export function createTimeline(start: Instant): Timeline {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;

  function drop(): void {
    while (heap[0]?.run === null) pop(heap);
  }

  return {
    now: () => now,
    at(time, run) {
      const entry: Entry = { time: Math.max(time, now), order: order++, run };
      push(heap, entry);
      return () => {
        entry.run = null;
      };
    },
    advance(time) {
      for (let next = heap[0]; next !== undefined && next.time <= time; next = heap[0]) {
        pop(heap);
        now = Math.max(now, next.time);
        next.run?.();
      }
      now = Math.max(now, time);
    },
    due() {
      drop();
      return heap[0]?.time ?? null;
    },
  };
}

/** Binary heap on (time, order): equal times run in the order they were given. */
function isBefore(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const above = heap[up];
    if (above === undefined || !isBefore(entry, above)) break;
    heap[at] = above;
    at = up;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const child =
      right !== undefined && left !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
    const below = heap[child];
    if (below === undefined || !isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
}
