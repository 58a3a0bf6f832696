import { randomInt } from 'node:crypto';

/** Four digits for an answer by SMS; together with the telephone they name one offer. */
export function replyCode(): string {
  return String(randomInt(10_000)).padStart(4, '0');
}
