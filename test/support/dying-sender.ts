import type { Channel } from '../../core/ports/channel.ts';
import type { Outbox } from '../../core/ports/outbox.ts';

/** Every edge of what a sender does; it may die before or after each. */
export const STEPS = ['claim', 'sending', 'send', 'record'] as const;
export type Step = (typeof STEPS)[number];

export interface Death {
  readonly outbox: (outbox: Outbox) => Outbox;
  readonly channel: (channel: Channel) => Channel;
  /** Resolves when it has died. */
  readonly died: Promise<void>;
}

/**
 * A sender that dies at the n-th `step`, before or after its effect: from then on nothing it calls answers or has any
 * effect, as after kill -9.
 */
export function deathAt(step: Step, when: 'before' | 'after', nth: number): Death {
  let dead = false;
  let seen = 0;
  let tell = (): void => {};
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const silence = new Promise<never>(() => {});

  async function edge<T>(name: Step | null, act: () => Promise<T>): Promise<T> {
    if (dead) return await silence;
    const now = name === step && ++seen === nth;
    if (now && when === 'before') return await die();
    const result = await act();
    if (dead) return await silence;
    return now ? await die() : result;
  }

  async function die(): Promise<never> {
    dead = true;
    tell();
    return await silence;
  }

  return {
    died,
    outbox: (outbox) => ({
      ...outbox,
      claim: (...given) => edge('claim', () => outbox.claim(...given)),
      sending: (...given) => edge('sending', () => outbox.sending(...given)),
      record: (...given) => edge('record', () => outbox.record(...given)),
      abandoned: (...given) => edge(null, () => outbox.abandoned(...given)),
      optOut: (...given) => edge(null, () => outbox.optOut(...given)),
      list: (...given) => edge(null, () => outbox.list(...given)),
    }),
    channel: (channel) => ({
      id: channel.id,
      send: (...given) => edge('send', () => channel.send(...given)),
      findSent: (...given) => edge(null, () => channel.findSent?.(...given) ?? Promise.resolve([])),
    }),
  };
}
