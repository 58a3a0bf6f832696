import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../core/ports/clock.ts';
import { type Answer, ask } from '../entry/http.ts';
import { type AccessKey, queryText, signedHeaders } from './sign.ts';

const VERSION = '2017-05-25';

export interface AliyunAccount {
  readonly key: AccessKey;
  readonly url: URL;
  readonly timeout_ms: number;
  readonly clock: Clock;
}

/** What the provider answered, whatever the HTTP status: its own code says more. */
export interface ApiAnswer {
  readonly status: number;
  /** `OK`, `isv.BUSINESS_LIMIT_CONTROL` …; null when the answer was not the provider's. */
  readonly code: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One action of the provider's SMS interface. Rejects with NoAnswer. */
export async function callApi(
  account: AliyunAccount,
  action: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const { key, url, timeout_ms, clock } = account;
  const date = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  const headers = signedHeaders(key, {
    host: url.host,
    action,
    version: VERSION,
    query,
    date,
    nonce: randomUUID(),
  });
  const target = new URL(`/?${queryText(query)}`, url);
  return read(await ask({ method: 'POST', url: target, headers, body: '', timeout_ms, signal }));
}

function read({ status, body }: Answer): ApiAnswer {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return { status, code: null, body: {} };
    const code = 'Code' in parsed && typeof parsed.Code === 'string' ? parsed.Code : null;
    return { status, code, body: { ...parsed } };
  } catch {
    return { status, code: null, body: {} };
  }
}
