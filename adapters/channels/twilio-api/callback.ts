import type { Clock } from '../../../core/ports/clock.ts';
import type { Telemetry } from '../../../core/ports/telemetry.ts';
import type { Instant } from '../../../core/units/time.ts';
import type { ReceiptState } from '../entry/hook.ts';
import { type CallbackRequest, isSigned } from './signed.ts';

/** Where Twilio reports what became of a message; the API mounts the handler here, for form bodies. */
export const TWILIO_CALLBACK_PATH = '/hooks/twilio/status';

export interface TwilioCallbackDeps {
  readonly authToken: string;
  /** What Twilio was told to call (`PUBLIC_URL`): it signed that address, whatever a proxy makes of it on the way. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  receipt(providerId: string, state: ReceiptState, at: Instant, error?: string): Promise<boolean>;
}

/** Resolves with the HTTP status to answer: 204, 400 for a form we cannot read, 403 for a forged or unsigned one. */
export type TwilioCallback = (request: CallbackRequest) => Promise<204 | 400 | 403>;

/** States between acceptance and sending say nothing a reader needs. */
const STATES: Readonly<Record<string, ReceiptState>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

export function createTwilioCallback(deps: TwilioCallbackDeps): TwilioCallback {
  const address = `${deps.publicUrl.replace(/\/+$/, '')}${TWILIO_CALLBACK_PATH}`;

  return async ({ query, signature, form }) => {
    if (!(await isSigned(deps.authToken, address, { query, signature, form }))) {
      deps.telemetry.count('relight_receipts_refused_total', { channel: 'twilio' });
      return 403;
    }
    const { MessageSid: sid, MessageStatus: status, ErrorCode: error } = form;
    if (sid === undefined || status === undefined) return 400;
    const state = STATES[status];
    if (state === undefined) return 204;
    await deps.receipt(
      sid,
      state,
      deps.clock.now(),
      error === undefined || error === '' ? undefined : `twilio_${error}`,
    );
    return 204;
  };
}
