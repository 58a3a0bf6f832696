import type { SendOutcome } from '../../../core/ports/channel.ts';
import { NoAnswer } from '../entry/http.ts';
import { TwilioError } from './client.ts';

/** Twilio's codes for a message that will never be accepted as it is; twilio.com/docs/api/errors. */
const REFUSALS: Readonly<Record<number, string>> = {
  21211: 'bad_number',
  21217: 'bad_number',
  21219: 'number_not_verified',
  21265: 'bad_number',
  21401: 'bad_number',
  21407: 'bad_number',
  21408: 'region_not_permitted',
  21421: 'bad_number',
  21601: 'not_mobile',
  21602: 'empty_body',
  21604: 'bad_number',
  21606: 'bad_sender',
  21610: 'opted_out',
  21612: 'not_reachable',
  21614: 'not_mobile',
  21617: 'body_too_long',
  21635: 'landline',
  21659: 'bad_sender',
  21660: 'bad_sender',
  21703: 'bad_sender',
};

/** Twilio's queue for the sender is full (21611); too many requests (20429); too many concurrent calls (51002). */
const LATER = new Set([20429, 21611, 51002]);

/** Credentials or account at fault: the message is still owed once somebody has mended them. */
const ACCOUNT = new Set([401, 403, 404]);
const ACCOUNT_RETRY_MS = 60_000;

/** What a failed attempt to hand over a message means. Anything not recognised is a fault of ours and is thrown on. */
export function outcomeOf(error: unknown): Exclude<SendOutcome, { outcome: 'accepted' }> {
  if (error instanceof NoAnswer) {
    return error.written
      ? { outcome: 'unknown', code: 'no_answer', detail: error.message }
      : { outcome: 'later', code: 'unreachable', detail: error.message };
  }
  if (error instanceof TwilioError) return answered(error);
  if (error instanceof SyntaxError) return { outcome: 'unknown', code: 'bad_answer', detail: error.message };
  throw error;
}

function answered(error: TwilioError): Exclude<SendOutcome, { outcome: 'accepted' }> {
  // Without Twilio's words: they may repeat the number.
  const detail = `HTTP ${error.status}, Twilio ${error.code ?? 'gave no code'}`;
  const wait = error.retryAfter_ms === undefined ? {} : { after_ms: error.retryAfter_ms };
  if (error.status === 429 || (error.code !== null && LATER.has(error.code))) {
    return { outcome: 'later', code: 'rate_limited', detail, ...wait };
  }
  // Twilio's own 5xx says it did not carry the request out; a gateway's says nothing about what Twilio did.
  if (error.status >= 500) {
    const said = error.code !== null || error.status === 503;
    return said
      ? { outcome: 'later', code: 'server_error', detail, ...wait }
      : { outcome: 'unknown', code: 'gateway_error', detail };
  }
  const refusal = error.code === null ? undefined : REFUSALS[error.code];
  if (refusal !== undefined) return { outcome: 'refused', code: refusal, detail };
  if (ACCOUNT.has(error.status))
    return { outcome: 'later', code: 'account', detail, after_ms: ACCOUNT_RETRY_MS };
  return { outcome: 'refused', code: `twilio_${error.code ?? error.status}`, detail };
}
