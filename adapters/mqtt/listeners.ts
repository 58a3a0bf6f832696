import type { BusMessages } from '../../core/ports/bus.ts';
import type { Logger } from '../../core/ports/logger.ts';

type Listener<K extends keyof BusMessages> = (body: BusMessages[K]) => void;
type Table = { readonly [K in keyof BusMessages]: Set<Listener<K>> };

export const SUBJECTS = [
  'events',
  'notices',
  'live',
  'site',
  'evidence',
  'command',
  'channels',
] as const satisfies readonly (keyof BusMessages)[];

/** Who listens to what; one listener's fault is logged and spares the others. */
export function createListeners(log: Logger) {
  const table: Table = {
    events: new Set(),
    notices: new Set(),
    live: new Set(),
    site: new Set(),
    evidence: new Set(),
    command: new Set(),
    channels: new Set(),
  };

  return {
    add<K extends keyof BusMessages>(subject: K, listener: Listener<K>): () => void {
      const own: Listener<K> = (body) => listener(body);
      table[subject].add(own);
      return () => {
        table[subject].delete(own);
      };
    },

    tell<K extends keyof BusMessages>(subject: K, body: BusMessages[K]): void {
      for (const listener of table[subject]) {
        try {
          listener(body);
        } catch (error) {
          log.error('A listener of the bus failed', { subject, error: String(error) });
        }
      }
    },
  };
}
