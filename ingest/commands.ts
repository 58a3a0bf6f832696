import type { CommandQueue } from '../core/ports/incident-store.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Journaled } from './journaled.ts';

const AT_ONCE = 100;

/**
 * Brings people's commands from their queue into the journal. A command is taken off the queue only when it is durable in
 * the journal; after a crash in between it is journaled again, and the fold knows its id.
 */
export function createCommandPump(deps: {
  readonly queue: CommandQueue;
  readonly sites: () => readonly string[];
  readonly journal: (site: string, journaled: Journaled) => Promise<void>;
  readonly log: Logger;
}) {
  const { queue, log } = deps;
  /** In the journal, perhaps not yet taken off the queue. */
  const journaled = new Set<string>();
  let running: Promise<void> | null = null;
  let again = false;
  let failing = false;

  async function pumpSite(site: string): Promise<void> {
    for (;;) {
      const waiting = await queue.waiting(site, AT_ONCE);
      if (waiting.length === 0) return;
      const fresh = waiting.filter(({ id }) => !journaled.has(id));
      await Promise.all(fresh.map(({ id, command }) => deps.journal(site, { id, type: 'command', command })));
      for (const { id } of fresh) journaled.add(id);
      const ids = waiting.map(({ id }) => id);
      await queue.taken(site, ids);
      for (const id of ids) journaled.delete(id);
      if (waiting.length < AT_ONCE) return;
    }
  }

  async function pump(): Promise<void> {
    do {
      again = false;
      try {
        for (const site of deps.sites()) await pumpSite(site);
        failing = false;
      } catch (cause) {
        if (!failing)
          log.warn('commands by people wait: their queue or the journal cannot be reached', { cause });
        failing = true;
      }
    } while (again);
    running = null;
  }

  return {
    /** Looks for commands now; a call while one is under way looks once more after it. */
    run(): Promise<void> {
      again = true;
      running ??= pump();
      return running;
    },
  };
}
