import type { Clock } from '../../core/ports/clock.ts';

/** What `read` answered is good for `fresh_ms`; many who ask at once share one reading. At most `kept` answers are held. */
export function createFresh<Value>(
  clock: Clock,
  { fresh_ms, kept }: { readonly fresh_ms: number; readonly kept: number },
): { get(key: string, read: () => Promise<Value>): Promise<Value>; drop(key: string): void } {
  const known = new Map<string, { readonly at: number; readonly value: Promise<Value> }>();

  return {
    get(key, read) {
      const now = clock.monotonic();
      const found = known.get(key);
      if (found !== undefined && now - found.at < fresh_ms) return found.value;
      const value = read();
      known.delete(key);
      known.set(key, { at: now, value });
      for (const oldest of known.keys()) {
        if (known.size <= kept) break;
        known.delete(oldest);
      }
      // A failed reading must not be remembered.
      value.catch(() => known.delete(key));
      return value;
    },
    drop: (key) => known.delete(key),
  };
}
