import { createTwilioCallback, TWILIO_CALLBACK_PATH } from '../../adapters/channels/twilio-api/callback.ts';
import type { ProviderHook } from '../../api/deps.ts';
import type { Ground } from './ground.ts';

/** Where configured providers report what became of a message. */
export function providerHooks({ configuration, stores, clock, telemetry }: Ground): ProviderHook[] {
  const { TWILIO_AUTH_TOKEN: authToken, PUBLIC_URL: publicUrl } = configuration;
  if (authToken === undefined || publicUrl === undefined) return [];
  const receive = createTwilioCallback({
    authToken,
    publicUrl,
    clock,
    telemetry,
    receipt: (id, state, at, error) => stores.outbox.receipt('sms', id, state, at, error),
  });
  return [{ path: TWILIO_CALLBACK_PATH, signatureHeader: 'x-twilio-signature', receive }];
}
