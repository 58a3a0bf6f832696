import { Type } from 'typebox';
import type { Channel, SendOutcome } from '../../core/ports/channel.ts';
import { Endpoint, TIMEOUT, TIMEOUT_MS } from './entry/common-settings.ts';
import { defineChannel } from './entry/define-channel.ts';
import { type Answer, ask, NoAnswer } from './entry/http.ts';
import { outcomeOfNoAnswer } from './entry/no-answer.ts';

/** UTF-8 octets of a body, by kind. */
const BYTES = { text: 2_048, markdown: 4_096 } as const;
const TOO_OFTEN = 45009;
/** The key in the address is wrong or was withdrawn. */
const KEYS = new Set([93000, 40001, 40014]);
const MINUTE_MS = 60_000;

/** A robot in a group of the staff. It keeps no list of what it said and takes no reference: it cannot be asked. */
export default defineChannel({
  id: 'wecom',
  title: { 'zh-CN': '企业微信群机器人', en: 'WeCom group robot' },
  serves: 'desk',
  settings: Type.Object(
    {
      key: Type.String({ pattern: '^[A-Za-z0-9-]{16,64}$', title: 'Key of the robot', secret: true }),
      format: Type.Optional(
        Type.Union([Type.Literal('text'), Type.Literal('markdown')], { default: 'text', title: 'Format' }),
      ),
      url: Type.Optional(
        Endpoint('API address', { default: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send' }),
      ),
      timeout_ms: TIMEOUT,
    },
    { additionalProperties: false },
  ),
  create(settings): Channel {
    const url = new URL(settings.url ?? 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send');
    url.searchParams.set('key', settings.key);
    const format = settings.format ?? 'text';

    return {
      id: 'wecom',
      receipts: false,
      limits: { perMinute: 20 },
      async send({ body, key = 'wecom' }, signal) {
        const content = cut(format === 'markdown' ? plain(body) : body, BYTES[format]);
        try {
          const answer = await ask({
            method: 'POST',
            url,
            headers: { 'content-type': 'application/json; charset=utf-8' },
            body: JSON.stringify({ msgtype: format, [format]: { content } }),
            timeout_ms: settings.timeout_ms ?? TIMEOUT_MS,
            signal,
          });
          return read(answer, key);
        } catch (error) {
          if (error instanceof NoAnswer) return outcomeOfNoAnswer(error);
          throw error;
        }
      },
    };
  },
});

function read({ status, body }: Answer, key: string): SendOutcome {
  const code = codeIn(body);
  const detail = `HTTP ${status}, errcode ${code ?? 'none'}`;
  if (code === 0) return { outcome: 'accepted', providerId: key, segments: 1 };
  if (code === TOO_OFTEN || status === 429) {
    return { outcome: 'later', code: 'rate_limited', detail, after_ms: MINUTE_MS };
  }
  if (code === null) return { outcome: 'unknown', code: 'bad_answer', detail };
  if (code === -1) return { outcome: 'later', code: 'server_error', detail };
  if (KEYS.has(code)) return { outcome: 'later', code: 'account', detail, after_ms: MINUTE_MS };
  return { outcome: 'refused', code: `wecom_${code}`, detail };
}

function codeIn(body: string): number | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const found =
      typeof parsed === 'object' && parsed !== null && 'errcode' in parsed ? parsed.errcode : null;
    return typeof found === 'number' ? found : null;
  } catch {
    return null;
  }
}

/** Names from site files are text, not marks. */
function plain(body: string): string {
  return body.replace(/[<>`*_[\]()#]/g, (c) => `\\${c}`);
}

/** At most so many octets, never half a character. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let out = '';
  let used = Buffer.byteLength('…');
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    out += character;
  }
  return `${out}…`;
}
