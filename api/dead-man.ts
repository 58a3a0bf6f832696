import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

const TIMEOUT_MS = 10_000;

/**
 * Asks a URL elsewhere every `every_s` for as long as Relight is healthy; whoever watches that URL raises the alarm when
 * the calls stop. One call at a time; a failed one is counted and left to the next.
 */
export function createDeadMan(options: {
  readonly url: string;
  readonly every_s: number;
  readonly healthy: () => Promise<boolean>;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}): Lifecycle {
  let timer: NodeJS.Timeout | undefined;
  let calling: Promise<void> | null = null;
  const stopping = new AbortController();

  async function call(): Promise<void> {
    if (!(await options.healthy().catch(() => false))) {
      options.telemetry.count('relight_dead_man_total', { outcome: 'withheld' });
      return;
    }
    const outcome = await fetch(options.url, {
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      redirect: 'follow',
    })
      .then(async (answer) => {
        await answer.body?.cancel();
        return answer.ok ? 'ok' : `status_${answer.status}`;
      })
      .catch(() => 'unreachable');
    options.telemetry.count('relight_dead_man_total', { outcome });
    if (outcome !== 'ok' && !stopping.signal.aborted)
      options.log.warn('dead-man URL did not answer', { outcome });
  }

  function beat(): void {
    if (calling !== null) return;
    calling = call().finally(() => {
      calling = null;
    });
  }

  return {
    async start() {
      beat();
      timer = setInterval(beat, options.every_s * 1000);
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await calling;
    },
  };
}
