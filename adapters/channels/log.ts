import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { segmentsOf } from '../../core/notices/segments.ts';
import { type Channel, ChannelUnavailable, type OutgoingMessage } from '../../core/ports/channel.ts';
import { toIso } from '../../core/units/time.ts';
import { defineChannel } from './entry/define-channel.ts';
import { maskPhone } from './entry/mask.ts';
import { createRotatingFile } from './entry/rotating-file.ts';

const MIB = 1024 * 1024;
/** Incident number and revision stand at the end of a body; the rest of it is the recipient's business. */
const BODY_TAIL = 12;

/**
 * Writes each message as one line of JSON instead of sending it. Ids are a hash of recipient and body, so that a line can
 * be found again after a crash without personal data in the file.
 */
export default defineChannel({
  id: 'log',
  title: { 'zh-CN': '日志（不发送）', en: 'Log (nothing is sent)' },
  serves: 'sms',
  settings: Type.Object(
    {
      file: Type.String({ minLength: 1, title: 'File' }),
      bodies: Type.Optional(
        Type.Boolean({ default: false, title: 'Whole bodies', description: 'for simulated sites only' }),
      ),
      maxBytes: Type.Optional(Type.Integer({ minimum: 1024, default: 8 * MIB })),
      files: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 3 })),
    },
    { additionalProperties: false },
  ),
  create(settings, { clock }): Channel {
    const file = createRotatingFile(settings.file, settings.maxBytes ?? 8 * MIB, settings.files ?? 3);

    return {
      id: 'log',
      async send(message) {
        const { encoding, segments } = segmentsOf(message.body);
        const line = {
          at: toIso(clock.now()),
          id: idOf(message),
          to: maskPhone(message.to),
          language: message.language,
          encoding,
          segments,
          body: settings.bodies === true ? message.body : `…${message.body.slice(-BODY_TAIL)}`,
        };
        try {
          await file.append(JSON.stringify(line));
        } catch (error) {
          return { outcome: 'later', code: 'log_failed', detail: String(error) };
        }
        return { outcome: 'accepted', providerId: line.id, segments };
      },

      async findSent(message, since) {
        const id = idOf(message);
        const texts = await file.contents().catch((cause: unknown) => {
          throw new ChannelUnavailable('the log cannot be read', { cause });
        });
        return texts
          .flatMap((text) => text.split('\n'))
          .filter((line) => line.includes(id))
          .map(instantOf)
          .filter((at) => at >= since)
          .map((at) => ({ providerId: id, at }));
      },
    };
  },
});

function idOf(message: OutgoingMessage): string {
  return `LG${createHash('sha256').update(`${message.to}\n${message.body}`).digest('hex').slice(0, 32)}`;
}

/** -Infinity for a line a crash cut short: it was never acknowledged. */
function instantOf(line: string): number {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null || !('at' in parsed)) return Number.NEGATIVE_INFINITY;
    const at = Date.parse(String(parsed.at));
    return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}
