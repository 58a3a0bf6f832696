import { StoreUnavailable } from '../core/ports/site-store.ts';
import { wait } from './pace.ts';

const TRIES = 8;
const FIRST_WAIT_MS = 250;

/**
 * Writes what has already happened, again and again while the store is away. Gives up with the store's error: the claim
 * then runs out and the provider is asked instead.
 */
export async function persist<T>(write: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreUnavailable && error.retryable) || tried === TRIES) throw error;
      await wait(FIRST_WAIT_MS * 2 ** (tried - 1), new AbortController().signal);
    }
  }
}
