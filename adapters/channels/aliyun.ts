import { Type } from 'typebox';
import { type Channel, ChannelUnavailable, type OutgoingMessage } from '../../core/ports/channel.ts';
import { type AliyunAccount, type ApiAnswer, callApi } from './aliyun-api/client.ts';
import { reportHook, upHook } from './aliyun-api/hooks.ts';
import { outcomeOfAnswer } from './aliyun-api/outcome.ts';
import { sentDetails } from './aliyun-api/sent-details.ts';
import { templateFor } from './aliyun-api/template.ts';
import { Endpoint, PRICING, priceOf, TIMEOUT, TIMEOUT_MS } from './entry/common-settings.ts';
import { defineChannel } from './entry/define-channel.ts';
import { NoAnswer } from './entry/http.ts';
import { outcomeOfNoAnswer } from './entry/no-answer.ts';

const TemplateSettings = Type.Object(
  {
    code: Type.String({ pattern: '^[A-Za-z0-9_]{1,40}$', title: 'Template code' }),
    /** Names of variables the template has; without it all that we know is given. */
    parameters: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z]\\w{0,19}$' }), { maxItems: 20 })),
  },
  { additionalProperties: false },
);

/**
 * Carriers of the mainland let registered texts through and nothing else, so each stage names its template. Our key goes
 * along as `OutId` and comes back with receipts and look-ups: it is the id a message is known by here.
 */
export default defineChannel({
  id: 'aliyun',
  title: { 'zh-CN': '阿里云短信', en: 'Aliyun SMS' },
  serves: 'sms',
  settings: Type.Object(
    {
      accessKeyId: Type.String({ pattern: '^[A-Za-z0-9]{8,64}$', title: 'AccessKey ID' }),
      accessKeySecret: Type.String({ minLength: 8, maxLength: 128, title: 'AccessKey secret', secret: true }),
      signName: Type.String({ minLength: 2, maxLength: 40, title: 'Sign name' }),
      templates: Type.Record(
        Type.String({ pattern: '^[a-z_]{1,40}(\\.(owner|staff))?(\\.(zh-CN|en))?$' }),
        TemplateSettings,
        {
          title: 'Templates',
          description: 'by stage, `lost.owner.zh-CN` before `lost.owner` before `lost`, else `default`',
        },
      ),
      callbackToken: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9_-]{24,128}$',
          title: 'Token in the callback address',
          secret: true,
        }),
      ),
      url: Type.Optional(Endpoint('API address', { default: 'https://dysmsapi.aliyuncs.com' })),
      timeout_ms: TIMEOUT,
      ...PRICING,
    },
    { additionalProperties: false },
  ),
  hooks: [reportHook, upHook],
  create(settings, { clock, publicUrl }): Channel {
    const account: AliyunAccount = {
      key: { id: settings.accessKeyId, secret: settings.accessKeySecret },
      url: new URL(settings.url ?? 'https://dysmsapi.aliyuncs.com'),
      timeout_ms: settings.timeout_ms ?? TIMEOUT_MS,
      clock,
    };

    return {
      id: 'aliyun',
      ...priceOf(settings),
      receipts: publicUrl !== null && settings.callbackToken !== undefined,
      // 50 a day per signature, template and number, counted when submitted.
      limits: {
        perRecipientPerDay: 50,
        sameText: [
          { count: 2, within_ms: 59_000 },
          { count: 5, within_ms: 3_540_000 },
        ],
      },
      async send(message, signal) {
        const template = templateFor(settings.templates, message);
        if (template === null)
          return { outcome: 'refused', code: 'no_template', detail: 'no template for this stage' };
        const key = message.key ?? '';
        let answer: ApiAnswer;
        try {
          answer = await callApi(
            account,
            'SendSms',
            {
              PhoneNumbers: national(message.to),
              SignName: settings.signName,
              TemplateCode: template.code,
              TemplateParam: JSON.stringify(template.parameters),
              ...(key === '' ? {} : { OutId: key }),
            },
            signal,
          );
        } catch (error) {
          if (error instanceof NoAnswer) return outcomeOfNoAnswer(error);
          throw error;
        }
        if (answer.code !== 'OK') return outcomeOfAnswer(answer);
        const bizId = answer.body.BizId;
        const providerId = key === '' ? bizId : key;
        if (typeof providerId !== 'string')
          return { outcome: 'unknown', code: 'bad_answer', detail: 'no BizId' };
        return { outcome: 'accepted', providerId, segments: template.segments };
      },

      async findSent(message: OutgoingMessage, since) {
        if (message.key === undefined)
          throw new ChannelUnavailable('a message without a key cannot be looked up');
        const found = await sentDetails(account, national(message.to), since).catch((cause: unknown) => {
          throw new ChannelUnavailable('the provider could not be asked for sent messages', { cause });
        });
        return found
          .filter(({ outId }) => outId === message.key)
          .map(({ outId, at }) => ({ providerId: outId, at }));
      },
    };
  },
});

/** Mainland numbers without their country, others with it and without the plus. */
function national(phone: string): string {
  return phone.startsWith('+86') ? phone.slice(3) : phone.replace(/^\+/, '');
}
