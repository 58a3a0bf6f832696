import { StoreUnavailable } from '../../../core/ports/site-store.ts';

/** Work of this process that waits for its turn, over all keys. */
const MAX_WAITING = 10_000;

export interface Turns {
  /** Runs `work` once all earlier work of the same key has ended. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const tails = new Map<string, Promise<unknown>>();
  let waiting = 0;

  return {
    async take(key, work) {
      if (waiting >= MAX_WAITING) {
        throw new StoreUnavailable('The database is overloaded: too many entries wait', { retryable: true });
      }
      waiting += 1;
      const mine = (tails.get(key) ?? Promise.resolve()).then(work);
      const tail = mine.catch(() => {});
      tails.set(key, tail);
      try {
        return await mine;
      } finally {
        waiting -= 1;
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
}
