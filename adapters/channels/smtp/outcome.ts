import type { SendOutcome } from '../../../core/ports/channel.ts';
import { InsecureMail, NoReply } from './mailer.ts';

const ACCOUNT_RETRY_MS = 60_000;

/** What a failed hand-over to a mail server means. RFC 5321: 4yz try again, 5yz never; after DATA without a reply nobody knows. */
export function mailOutcome(error: unknown): Exclude<SendOutcome, { outcome: 'accepted' }> {
  if (error instanceof InsecureMail) {
    return { outcome: 'later', code: 'account', detail: error.message, after_ms: ACCOUNT_RETRY_MS };
  }
  if (error instanceof NoReply) {
    return error.given
      ? { outcome: 'unknown', code: 'no_answer', detail: error.message }
      : { outcome: 'later', code: 'unreachable', detail: error.message };
  }
  if (!(error instanceof Error)) throw error;
  const status = numberIn(error, 'responseCode');
  const command = textIn(error, 'command');
  const code = textIn(error, 'code');
  // Without the server's words: they repeat the address.
  const detail = `${code} at ${command}, reply ${status ?? 'none'}`;
  if (code === 'EAUTH') return { outcome: 'later', code: 'account', detail, after_ms: ACCOUNT_RETRY_MS };
  if (status === null) throw error;
  if (status < 500) return { outcome: 'later', code: status === 421 ? 'unreachable' : 'greylisted', detail };
  return { outcome: 'refused', code: code === 'EENVELOPE' ? 'bad_address' : `smtp_${status}`, detail };
}

function numberIn(error: Error, name: string): number | null {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'number' ? value : null;
}

function textIn(error: Error, name: string): string {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : '';
}
