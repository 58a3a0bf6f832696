import type { Bus, BusMessages } from '../../core/ports/bus.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { createListeners } from './listeners.ts';

/** The bus of services that share a process. A listener runs after the publisher's turn, never inside it. */
export function createInProcessBus(deps: { readonly log: Logger }): Bus {
  const listeners = createListeners(deps.log);
  return {
    publish<K extends keyof BusMessages>(subject: K, body: BusMessages[K]) {
      setImmediate(() => listeners.tell(subject, body));
    },
    subscribe: listeners.add,
  };
}
