import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';

export interface Part {
  readonly name: string;
  readonly life: Lifecycle;
}

/** Starts a visible list in order and stops it in reverse; a part that fails to start takes down those before it. */
export function runParts(parts: readonly Part[], log: Logger): Lifecycle {
  const running: Part[] = [];

  async function stop(): Promise<void> {
    for (let part = running.pop(); part !== undefined; part = running.pop()) {
      const name = part.name;
      await part.life
        .stop()
        .catch((error: unknown) => log.error(`stopping ${name} failed`, { error: String(error) }));
    }
  }

  return {
    async start() {
      for (const part of parts) {
        try {
          await part.life.start();
        } catch (error) {
          await stop();
          throw error;
        }
        running.push(part);
      }
    },
    stop,
  };
}
