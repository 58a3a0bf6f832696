import type { ReceiptState } from '../entry/hook.ts';
import type { TwilioCallback, TwilioCallbackDeps } from './callback.ts';
import { isSigned } from './signed.ts';

/** Where Twilio reports how a call went. */
export const TWILIO_CALL_PATH = '/hooks/twilio/call';

/** Nobody picked up is not the same as could not be called: the first may be tried elsewhere, the second is a wrong number. */
const STATES: Readonly<Record<string, ReceiptState>> = {
  completed: 'delivered',
  busy: 'undelivered',
  'no-answer': 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

export function createCallCallback(deps: TwilioCallbackDeps): TwilioCallback {
  const address = `${deps.publicUrl.replace(/\/+$/, '')}${TWILIO_CALL_PATH}`;

  return async (request) => {
    if (!(await isSigned(deps.authToken, address, request))) {
      deps.telemetry.count('relight_receipts_refused_total', { channel: 'twilio-voice' });
      return 403;
    }
    const { CallSid: sid, CallStatus: status } = request.form;
    if (sid === undefined || status === undefined) return 400;
    const state = STATES[status];
    if (state === undefined) return 204;
    const error = state === 'delivered' ? undefined : status.replace('-', '_');
    await deps.receipt(sid, state, deps.clock.now(), error);
    return 204;
  };
}
