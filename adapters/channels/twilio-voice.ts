import { Type } from 'typebox';
import type { Channel } from '../../core/ports/channel.ts';
import { PRICING, priceOf, TIMEOUT, TIMEOUT_MS } from './entry/common-settings.ts';
import { defineChannel } from './entry/define-channel.ts';
import { twilioAccount, twilioAddress } from './twilio-api/account-settings.ts';
import { TWILIO_CALL_PATH } from './twilio-api/call-callback.ts';
import { createTwilioClients } from './twilio-api/client.ts';
import { callHook } from './twilio-api/hooks.ts';
import { outcomeOf } from './twilio-api/outcome.ts';
import { spoken } from './twilio-api/spoken.ts';

/**
 * Calls and reads the message out. A call carries no text that Twilio's list could be searched for, so a call whose answer
 * was lost stays unknown until its receipt or a person says how it went.
 */
export default defineChannel({
  id: 'twilio-voice',
  title: { 'zh-CN': 'Twilio 语音电话', en: 'Twilio voice calls' },
  serves: 'voice',
  settings: Type.Object(
    {
      ...twilioAccount,
      from: Type.String({ pattern: '^\\+[1-9]\\d{6,14}$', title: 'Calling number' }),
      /** Voices differ in what they cost; without one Twilio takes its own. */
      voiceZh: Type.Optional(Type.String({ maxLength: 64, title: 'Voice for Chinese' })),
      voiceEn: Type.Optional(Type.String({ maxLength: 64, title: 'Voice for English' })),
      ring_s: Type.Optional(Type.Integer({ minimum: 5, maximum: 120, default: 30, title: 'Let it ring, s' })),
      ...twilioAddress,
      timeout_ms: TIMEOUT,
      ...PRICING,
    },
    { additionalProperties: false },
  ),
  hooks: [callHook],
  create(settings, { publicUrl }): Channel {
    const withTwilio = createTwilioClients({
      accountSid: settings.accountSid,
      authToken: settings.authToken,
      baseUrl: settings.baseUrl,
      timeout_ms: settings.timeout_ms ?? TIMEOUT_MS,
    });
    const callback =
      publicUrl === null
        ? {}
        : {
            statusCallback: `${publicUrl}${TWILIO_CALL_PATH}`,
            statusCallbackMethod: 'POST',
          };

    return {
      id: 'twilio-voice',
      ...priceOf(settings),
      receipts: publicUrl !== null,
      async send({ to, body, language }, signal) {
        const voice = language === 'zh-CN' ? settings.voiceZh : settings.voiceEn;
        try {
          const call = await withTwilio(signal, ({ calls }) =>
            calls.create({
              to,
              from: settings.from,
              twiml: spoken(body, language, voice),
              timeout: settings.ring_s ?? 30,
              ...callback,
            }),
          );
          return typeof call.sid === 'string' && call.sid !== ''
            ? { outcome: 'accepted', providerId: call.sid, segments: 1 }
            : { outcome: 'unknown', code: 'bad_answer', detail: 'no sid in the answer' };
        } catch (error) {
          return outcomeOf(error);
        }
      },
    };
  },
});
