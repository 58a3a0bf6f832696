import { Type } from 'typebox';
import { segmentsOf } from '../../core/notices/segments.ts';
import { type Channel, ChannelUnavailable } from '../../core/ports/channel.ts';
import { PRICING, priceOf, TIMEOUT, TIMEOUT_MS } from './entry/common-settings.ts';
import { defineChannel } from './entry/define-channel.ts';
import { twilioAccount, twilioAddress } from './twilio-api/account-settings.ts';
import { TWILIO_CALLBACK_PATH } from './twilio-api/callback.ts';
import { createTwilioClients } from './twilio-api/client.ts';
import { inboundHook, statusHook } from './twilio-api/hooks.ts';
import { outcomeOf } from './twilio-api/outcome.ts';

/** One recipient's messages looked through for a match; the list comes newest first. */
const LOOKED_THROUGH = 200;

export default defineChannel({
  id: 'twilio',
  title: { 'zh-CN': 'Twilio 短信', en: 'Twilio SMS' },
  serves: 'sms',
  settings: Type.Object(
    {
      ...twilioAccount,
      from: Type.Optional(
        Type.String({ pattern: '^(\\+[1-9]\\d{6,14}|[A-Za-z0-9 ]{1,11})$', title: 'From' }),
      ),
      messagingServiceSid: Type.Optional(
        Type.String({ pattern: '^MG[0-9a-fA-F]{32}$', title: 'Messaging service SID' }),
      ),
      ...twilioAddress,
      timeout_ms: TIMEOUT,
      ...PRICING,
    },
    { additionalProperties: false },
  ),
  hooks: [statusHook, inboundHook],
  create(settings, { publicUrl }): Channel {
    const withTwilio = createTwilioClients({
      accountSid: settings.accountSid,
      authToken: settings.authToken,
      baseUrl: settings.baseUrl,
      timeout_ms: settings.timeout_ms ?? TIMEOUT_MS,
    });
    const sender =
      settings.messagingServiceSid === undefined
        ? { from: settings.from ?? '' }
        : { messagingServiceSid: settings.messagingServiceSid };
    const callback = publicUrl === null ? {} : { statusCallback: `${publicUrl}${TWILIO_CALLBACK_PATH}` };

    return {
      id: 'twilio',
      ...priceOf(settings),
      receipts: publicUrl !== null,
      async send(message, signal) {
        try {
          const sent = await withTwilio(signal, ({ messages }) =>
            messages.create({ to: message.to, body: message.body, ...sender, ...callback }),
          );
          if (typeof sent.sid !== 'string' || sent.sid === '') {
            return { outcome: 'unknown', code: 'bad_answer', detail: 'no sid in the answer' };
          }
          // A messaging service answers 0 until it has chosen a sender.
          const segments = Number(sent.numSegments) || segmentsOf(message.body).segments;
          return { outcome: 'accepted', providerId: sent.sid, segments };
        } catch (error) {
          return outcomeOf(error);
        }
      },

      async findSent(message, since) {
        const signal = AbortSignal.timeout(settings.timeout_ms ?? TIMEOUT_MS);
        // Not filtered by date at Twilio: a message still queued has no sending date yet.
        const list = await withTwilio(signal, ({ messages }) =>
          messages.list({ to: message.to, limit: LOOKED_THROUGH, pageSize: LOOKED_THROUGH }),
        ).catch((cause: unknown) => {
          throw new ChannelUnavailable('Twilio could not be asked for sent messages', { cause });
        });
        return (
          list
            .filter((sent) => sent.direction !== 'inbound' && sent.body === message.body)
            .map((sent) => ({ providerId: sent.sid, at: sent.dateCreated.getTime() }))
            // Twilio's instants are cut to the second.
            .filter((sent) => sent.at >= since - 1_000)
        );
      },
    };
  },
});
