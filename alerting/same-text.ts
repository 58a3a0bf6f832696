import type { Channel, OutgoingMessage } from '../core/ports/channel.ts';

/** Texts remembered; carriers look back an hour. */
const KEPT = 50_000;

/** Milliseconds until a carrier lets the same text to the same recipient through again; 0: now. What passes is counted. */
export type SameText = (channel: Channel, message: OutgoingMessage, now: number) => number;

/** Of this process: a text that another one sent in the same hour is the carrier's to refuse. */
export function createSameText(): SameText {
  const sent = new Map<string, number[]>();

  return ({ id, limits }, { to, body }, now) => {
    const rules = limits?.sameText ?? [];
    if (rules.length === 0) return 0;
    const key = `${id}\n${to}\n${body}`;
    const longest = Math.max(...rules.map(({ within_ms }) => within_ms));
    const before = (sent.get(key) ?? []).filter((at) => at > now - longest);
    const waits = rules.map(({ count, within_ms }) => {
      const inside = before.filter((at) => at > now - within_ms);
      const oldest = inside[inside.length - count];
      return oldest === undefined ? 0 : oldest + within_ms - now;
    });
    const wait = Math.max(...waits);
    if (wait > 0) return wait;
    sent.delete(key);
    sent.set(key, [...before, now]);
    for (const oldest of sent.keys()) {
      if (sent.size <= KEPT) break;
      sent.delete(oldest);
    }
    return 0;
  };
}
