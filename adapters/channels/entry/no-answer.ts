import type { SendOutcome } from '../../../core/ports/channel.ts';
import { ForbiddenAddress } from './address-guard.ts';
import type { NoAnswer } from './http.ts';

/** What an exchange without an answer means for the message in it. */
export function outcomeOfNoAnswer(error: NoAnswer): Exclude<SendOutcome, { outcome: 'accepted' }> {
  if (error.cause instanceof ForbiddenAddress) {
    return { outcome: 'refused', code: 'forbidden_address', detail: error.message };
  }
  return error.written
    ? { outcome: 'unknown', code: 'no_answer', detail: error.message }
    : { outcome: 'later', code: 'unreachable', detail: error.message };
}
