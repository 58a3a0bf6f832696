import type { Telemetry } from '../../../core/ports/telemetry.ts';
import type { TwilioCallback } from './callback.ts';
import { isSigned } from './signed.ts';

/** Where Twilio hands over messages that people send us; set it as the number's webhook. */
export const TWILIO_INBOUND_PATH = '/hooks/twilio/inbound';

export interface TwilioInboundDeps {
  readonly authToken: string;
  /** What Twilio was told to call (`PUBLIC_URL`). */
  readonly publicUrl: string;
  readonly telemetry: Telemetry;
  /** `from` is E.164, `id` Twilio's own. */
  received(message: { readonly from: string; readonly body: string; readonly id: string }): Promise<void>;
}

export function createTwilioInbound(deps: TwilioInboundDeps): TwilioCallback {
  const address = `${deps.publicUrl.replace(/\/+$/, '')}${TWILIO_INBOUND_PATH}`;

  return async (request) => {
    if (!(await isSigned(deps.authToken, address, request))) {
      deps.telemetry.count('relight_inbound_refused_total', { channel: 'twilio' });
      return 403;
    }
    const { From: from, Body: body, MessageSid: id } = request.form;
    if (from === undefined || body === undefined || id === undefined) return 400;
    await deps.received({ from, body, id });
    return 204;
  };
}
