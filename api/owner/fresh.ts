import type { Clock } from '../../core/ports/clock.ts';

interface Reading<Value> {
  readonly value: Promise<Value>;
  /** When it was there, on the monotonic clock; null while it is under way. */
  doneAt: number | null;
}

/**
 * What `read` answered is good for `fresh_ms`; many who ask at once share one reading, and while one is under way, however
 * long it takes, no second begins. At most `kept` answers are held.
 */
export function createFresh<Value>(
  clock: Clock,
  { fresh_ms, kept }: { readonly fresh_ms: number; readonly kept: number },
): { get(key: string, read: () => Promise<Value>): Promise<Value> } {
  const known = new Map<string, Reading<Value>>();

  return {
    get(key, read) {
      const found = known.get(key);
      if (found !== undefined && (found.doneAt === null || clock.monotonic() - found.doneAt < fresh_ms))
        return found.value;
      const reading: Reading<Value> = { value: read(), doneAt: null };
      known.delete(key);
      known.set(key, reading);
      for (const oldest of known.keys()) {
        if (known.size <= kept) break;
        known.delete(oldest);
      }
      reading.value.then(
        () => {
          reading.doneAt = clock.monotonic();
        },
        // A failed reading must not be remembered.
        () => {
          if (known.get(key) === reading) known.delete(key);
        },
      );
      return reading.value;
    },
  };
}
