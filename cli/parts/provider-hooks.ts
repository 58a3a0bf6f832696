import { createTwilioCallback, TWILIO_CALLBACK_PATH } from '../../adapters/channels/twilio-api/callback.ts';
import { createTwilioInbound, TWILIO_INBOUND_PATH } from '../../adapters/channels/twilio-api/inbound.ts';
import type { ProviderHook } from '../../api/deps.ts';
import { createReplies } from '../../api/dispatch/replies.ts';
import type { Ground } from './ground.ts';

/** Where configured providers report what became of a message, and hand over what people send. */
export function providerHooks(ground: Ground): ProviderHook[] {
  const { configuration, stores, clock, telemetry } = ground;
  const { TWILIO_AUTH_TOKEN: authToken, PUBLIC_URL: publicUrl } = configuration;
  if (authToken === undefined || publicUrl === undefined) return [];
  const receive = createTwilioCallback({
    authToken,
    publicUrl,
    clock,
    telemetry,
    receipt: (id, state, at, error) => stores.outbox.receipt('sms', id, state, at, error),
  });
  const reply = createReplies(ground);
  const inbound = createTwilioInbound({
    authToken,
    publicUrl,
    telemetry,
    received: async (from, body) => void (await reply(from, body)),
  });
  const signatureHeader = 'x-twilio-signature';
  return [
    { path: TWILIO_CALLBACK_PATH, signatureHeader, receive },
    { path: TWILIO_INBOUND_PATH, signatureHeader, receive: inbound },
  ];
}
