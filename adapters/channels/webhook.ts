import { createHmac } from 'node:crypto';
import { Type } from 'typebox';
import type { Channel, SendOutcome } from '../../core/ports/channel.ts';
import { toIso } from '../../core/units/time.ts';
import { Endpoint, TIMEOUT, TIMEOUT_MS } from './entry/common-settings.ts';
import { defineChannel } from './entry/define-channel.ts';
import { ask, NoAnswer } from './entry/http.ts';
import { outcomeOfNoAnswer } from './entry/no-answer.ts';

/**
 * Posts what the desk is told to a machine. `Relight-Signature: v1=hex(HMAC-SHA256(secret, timestamp + "." + body))` with
 * `Relight-Timestamp` in seconds: a receiver refuses what is older than five minutes, and by `Relight-Id` what it has had.
 */
export default defineChannel({
  id: 'webhook',
  title: { 'zh-CN': '签名 Webhook', en: 'Signed webhook' },
  serves: 'desk',
  settings: Type.Object(
    {
      url: Endpoint('Address'),
      secret: Type.String({ minLength: 16, maxLength: 256, title: 'Secret', secret: true }),
      timeout_ms: TIMEOUT,
    },
    { additionalProperties: false },
  ),
  create(settings, { clock }): Channel {
    const url = new URL(settings.url);

    return {
      id: 'webhook',
      receipts: false,
      async send({ body, language, key = '', template }, signal) {
        const now = clock.now();
        const timestamp = String(Math.floor(now / 1_000));
        const stage = template?.stage ?? null;
        const text = JSON.stringify({ id: key, at: toIso(now), stage, language, text: body });
        try {
          const { status } = await ask({
            method: 'POST',
            url,
            headers: {
              'content-type': 'application/json',
              'relight-id': key,
              'relight-timestamp': timestamp,
              'relight-signature': `v1=${webhookSignature(settings.secret, timestamp, text)}`,
            },
            body: text,
            timeout_ms: settings.timeout_ms ?? TIMEOUT_MS,
            signal,
          });
          return outcomeOfStatus(status, key);
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error;
          const outcome = outcomeOfNoAnswer(error);
          // The receiver knows a repetition by its id, so it may have it twice.
          return outcome.outcome === 'unknown' ? { ...outcome, outcome: 'later' } : outcome;
        }
      },
    };
  },
});

export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function outcomeOfStatus(status: number, key: string): SendOutcome {
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'accepted', providerId: key, segments: 1 };
  if (status === 429) return { outcome: 'later', code: 'rate_limited', detail };
  if (status >= 500 || status === 408) return { outcome: 'later', code: 'gateway_error', detail };
  return { outcome: 'refused', code: `http_${status}`, detail };
}
