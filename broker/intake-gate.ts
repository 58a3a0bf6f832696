import type { Committed, MessageIntake } from '../core/ports/journal.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

interface Waiting {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly wanted: () => boolean;
  readonly done: () => void;
}

/**
 * Hands messages to ingest and, while the journal refuses them, holds and retries them in order: a sender then waits for
 * its acknowledgement instead of losing its message or its connection. What waits is bounded by what clients may have
 * held; a message whose client has gone is let go, because it was never acknowledged and will be sent again.
 */
export function createIntakeGate(deps: {
  readonly intake: MessageIntake;
  readonly onRetry: (waiting: number) => void;
}) {
  let waiting: Waiting[] = [];
  let retry: ReturnType<typeof setTimeout> | undefined;
  let delay_ms = FIRST_RETRY_MS;
  let stopped = false;

  function hand(message: Waiting): void {
    const committed: Committed = (error) => {
      if (stopped) return;
      if (error === undefined) {
        delay_ms = FIRST_RETRY_MS;
        message.done();
        return;
      }
      waiting.push(message);
      scheduleRetry();
    };
    deps.intake.accept(message.topic, message.payload, false, committed);
  }

  function scheduleRetry(): void {
    if (retry !== undefined) return;
    retry = setTimeout(() => {
      retry = undefined;
      delay_ms = Math.min(LAST_RETRY_MS, delay_ms * 2);
      const batch = waiting.filter((message) => message.wanted());
      waiting = [];
      deps.onRetry(batch.length);
      for (const message of batch) hand(message);
    }, delay_ms);
  }

  return {
    /** `done` runs once the message is durable, never otherwise. `wanted` tells whether anybody still waits for it. */
    accept(topic: string, payload: Uint8Array, wanted: () => boolean, done: () => void): void {
      const message = { topic, payload, wanted, done };
      if (waiting.length > 0) waiting.push(message);
      else hand(message);
    },

    stop(): void {
      stopped = true;
      clearTimeout(retry);
      waiting = [];
    },
  };
}
