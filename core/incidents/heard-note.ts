import type { Heard } from './engine.ts';

/** Filled in anew with each message. */
export type HeardNote = { -readonly [K in keyof Heard]: Heard[K] };

export function newHeardNote(): HeardNote {
  return { worth: 'remarkable', skew_ms: null, at: 0, boot: 0, lit: 0, bursts: 0 };
}
