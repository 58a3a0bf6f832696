import { readReply } from '../../core/dispatch/reply.ts';
import { readOptWord } from '../../core/people/opt-words.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { ReplyOutcome } from '../dispatch/replies.ts';
import { createPhoneRate } from './phone-rate.ts';

/** Messages from one telephone that an hour's inbox takes; opting out and codes are heard beyond it. */
const PER_HOUR = 20;

export interface InboundDesk {
  readonly stores: Pick<Stores, 'outbox' | 'inbound' | 'audit'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** An engineer's answer. */
  readonly reply: (phone: string, text: string) => Promise<ReplyOutcome>;
}

export interface Received {
  readonly from: string;
  readonly body: string;
  /** The provider's, by which a repetition is known. */
  readonly id: string;
}

/** Takes what people send us: a wish about messages, an engineer's code, or something for a person to read. */
export function createInbound({
  stores,
  clock,
  telemetry,
  reply,
}: InboundDesk): (message: Received) => Promise<void> {
  const rate = createPhoneRate(PER_HOUR, clock);

  async function take(message: Received): Promise<string> {
    const word = readOptWord(message.body);
    if (word !== null) return await opt(message, word);
    if (readReply(message.body) !== null) {
      const outcome = await reply(message.from, message.body);
      if (outcome !== 'no_reply' && outcome !== 'wrong_code') return `reply_${outcome}`;
      // Four digits of somebody who was sent no code are for a person to read.
    }
    return await keep(message);
  }

  /** For every site that has this telephone: who sends STOP does not know our sites. Said twice, it is kept once. */
  async function opt({ from, body, id }: Received, word: 'out' | 'in'): Promise<string> {
    const optedOut = word === 'out';
    const known = await stores.inbound.sitesOf(from);
    if (known.length === 0) return await keep({ from, body, id });
    const at = clock.now();
    for (const { site } of known.filter((one) => one.optedOut !== optedOut)) {
      await stores.outbox.optOut(site, from, optedOut, `SMS ${id}: ${body.trim().slice(0, 40)}`, at);
    }
    return optedOut ? 'opted_out' : 'opted_in';
  }

  async function keep({ from, body, id }: Received): Promise<string> {
    if (!rate(from)) return 'too_many';
    const added = await stores.inbound.add({ providerId: id, phone: from, body, at: clock.now() });
    return added ? 'kept' : 'known';
  }

  return async (message) => {
    if (!/^\+[1-9]\d{5,14}$/.test(message.from)) {
      telemetry.count('relight_inbound_total', { outcome: 'bad_number' });
      return;
    }
    telemetry.count('relight_inbound_total', { outcome: await take(message) });
  };
}
