import type { ChannelHook, HookRequest } from '../entry/hook.ts';
import { createCallCallback, TWILIO_CALL_PATH } from './call-callback.ts';
import { createTwilioCallback, TWILIO_CALLBACK_PATH } from './callback.ts';
import { createTwilioInbound, TWILIO_INBOUND_PATH } from './inbound.ts';
import type { CallbackRequest } from './signed.ts';

interface Signing {
  readonly authToken: string;
}

const SIGNATURE = 'x-twilio-signature';

/** What became of a message. */
export const statusHook: ChannelHook<Signing> = {
  path: TWILIO_CALLBACK_PATH,
  body: 'form',
  signatureHeader: SIGNATURE,
  receive: async ({ authToken }, request, world) => ({
    status: await createTwilioCallback({ ...world, authToken })(formRequest(request)),
  }),
};

/** What became of a call. */
export const callHook: ChannelHook<Signing> = {
  path: TWILIO_CALL_PATH,
  body: 'form',
  signatureHeader: SIGNATURE,
  receive: async ({ authToken }, request, world) => ({
    status: await createCallCallback({ ...world, authToken })(formRequest(request)),
  }),
};

/** What people send us. */
export const inboundHook: ChannelHook<Signing> = {
  path: TWILIO_INBOUND_PATH,
  body: 'form',
  signatureHeader: SIGNATURE,
  receive: async ({ authToken }, request, world) => ({
    status: await createTwilioInbound({ ...world, authToken })(formRequest(request)),
  }),
};

function formRequest({ query, signature, body }: HookRequest): CallbackRequest {
  const form: Record<string, string> = {};
  if (typeof body === 'object' && body !== null) {
    for (const [name, value] of Object.entries(body)) if (typeof value === 'string') form[name] = value;
  }
  return { query, signature, form };
}
