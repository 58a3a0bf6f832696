import { Type } from 'typebox';
import type { Channel } from '../../core/ports/channel.ts';
import { TIMEOUT, TIMEOUT_MS } from './entry/common-settings.ts';
import { defineChannel } from './entry/define-channel.ts';
import { createMailer } from './smtp/mailer.ts';
import { mailOutcome } from './smtp/outcome.ts';

const ADDRESS = '^[^\\s@<>"]{1,64}@[A-Za-z0-9.-]{1,255}$';
const SUBJECT_CHARACTERS = 60;

/** A mail server keeps no list of what it took: what was handed over without an answer stays unknown for a person. */
export default defineChannel({
  id: 'email',
  title: { 'zh-CN': '电子邮件', en: 'E-mail' },
  serves: 'email',
  settings: Type.Object(
    {
      host: Type.String({ pattern: '^[A-Za-z0-9.:-]{1,255}$', title: 'Mail server' }),
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 465, title: 'Port' })),
      security: Type.Optional(
        Type.Union([Type.Literal('tls'), Type.Literal('starttls'), Type.Literal('none')], {
          default: 'tls',
          title: 'Security',
          description: 'none: to this machine only',
        }),
      ),
      user: Type.Optional(Type.String({ minLength: 1, maxLength: 255, title: 'User name' })),
      password: Type.Optional(Type.String({ minLength: 1, maxLength: 255, title: 'Password', secret: true })),
      from: Type.String({ pattern: ADDRESS, title: 'From' }),
      fromName: Type.Optional(Type.String({ maxLength: 64, title: 'Name of the sender' })),
      timeout_ms: TIMEOUT,
    },
    { additionalProperties: false },
  ),
  create(settings): Channel {
    const mailer = createMailer({ ...settings, timeout_ms: settings.timeout_ms ?? TIMEOUT_MS });
    const domain = settings.from.slice(settings.from.lastIndexOf('@') + 1);

    return {
      id: 'email',
      receipts: false,
      limits: { perSecond: 5 },
      async send({ to, body, key }, signal) {
        if (!new RegExp(ADDRESS).test(to)) {
          return { outcome: 'refused', code: 'bad_address', detail: 'not an e-mail address' };
        }
        const messageId = key === undefined ? {} : { messageId: `<${key}@${domain}>` };
        try {
          const id = await mailer({ to, subject: subjectOf(body), text: body, ...messageId }, signal);
          return { outcome: 'accepted', providerId: id, segments: 1 };
        } catch (error) {
          return mailOutcome(error);
        }
      },
    };
  },
});

function subjectOf(body: string): string {
  const characters = [...body.replace(/\s+/g, ' ')];
  return characters.length <= SUBJECT_CHARACTERS
    ? characters.join('')
    : `${characters.slice(0, SUBJECT_CHARACTERS).join('')}…`;
}
