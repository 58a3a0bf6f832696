import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Twilio } from 'twilio';
import { type Answer, ask } from '../entry/http.ts';

const SOCKETS = 64;

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** Stands in for `https://api.twilio.com`; a double or a proxy. */
  readonly baseUrl: string | undefined;
  readonly timeout_ms: number;
}

/** Twilio answered, with an error. */
export class TwilioError extends Error {
  readonly status: number;
  /** Twilio's own code (21610, 20429 …); null when the answer was not Twilio's. */
  readonly code: number | null;
  readonly retryAfter_ms: number | undefined;
  constructor(answer: Answer) {
    const { code, message } = errorIn(answer.body);
    super(message ?? `HTTP ${answer.status}`);
    this.name = 'TwilioError';
    this.status = answer.status;
    this.code = code;
    this.retryAfter_ms = retryAfter(answer.retryAfter);
  }
}

/** Runs `use` with a client of its own, whose requests end with `signal`. */
export type WithTwilio = <T>(signal: AbortSignal, use: (client: Twilio) => Promise<T>) => Promise<T>;

interface Lent {
  readonly client: Twilio;
  signal: AbortSignal;
}

/**
 * Twilio's own library builds requests and reads answers; our transport carries them. The library has no way to pass a
 * signal along, so each call borrows a client; building one costs more than the request. Connections are shared.
 */
export function createTwilioClients(account: TwilioAccount): WithTwilio {
  const base = account.baseUrl === undefined ? undefined : new URL(account.baseUrl);
  const secure = base === undefined || base.protocol === 'https:';
  // Shorter than any proxy's idle limit: a socket closed under a request leaves us not knowing.
  const settings = { keepAlive: true, maxSockets: SOCKETS, timeout: 4_000 };
  const agent = secure ? new SecureAgent(settings) : new Agent(settings);
  const idle: Lent[] = [];

  // Large and read in parts at their first use: not in the moment in which thousands wait to be told.
  const library = import('twilio').then(({ default: twilio }) => {
    void twilio(account.accountSid, account.authToken).messages;
    return twilio;
  });
  // Whoever sends hears of it.
  library.catch(() => undefined);

  async function borrow(signal: AbortSignal): Promise<Lent> {
    const twilio = await library;
    const known = idle.pop();
    if (known !== undefined) {
      known.signal = signal;
      return known;
    }
    class Transport extends twilio.RequestClient {
      override async request<T>(given: Parameters<InstanceType<typeof twilio.RequestClient>['request']>[0]) {
        const answer = await ask({
          method: given.method.toUpperCase(),
          url: targetOf(given.uri, given.params, base),
          headers: headersOf(given.headers, given.username, given.password),
          body: given.data === undefined ? '' : formOf(given.data),
          timeout_ms: account.timeout_ms,
          signal: lent.signal,
          agent,
        });
        if (answer.status >= 400) throw new TwilioError(answer);
        const body: T = JSON.parse(answer.body);
        return { statusCode: answer.status, body, headers: {}, toString: () => `HTTP ${answer.status}` };
      }
    }
    const client = twilio(account.accountSid, account.authToken, { httpClient: new Transport() });
    const lent: Lent = { client, signal };
    return lent;
  }

  return async (signal, use) => {
    const lent = await borrow(signal);
    try {
      return await use(lent.client);
    } finally {
      if (idle.length < SOCKETS) idle.push(lent);
    }
  };
}

function targetOf(uri: string, params: object | undefined, base: URL | undefined): URL {
  const url = new URL(uri);
  if (base !== undefined) {
    url.protocol = base.protocol;
    url.host = base.host;
    if (base.port === '') url.port = '';
  }
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value !== undefined) url.searchParams.append(name, String(value));
  }
  return url;
}

function headersOf(
  given: object | undefined,
  username: string | undefined,
  password: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given ?? {})) headers[name] = String(value);
  headers.Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return headers;
}

function formOf(data: unknown): string {
  const form = new URLSearchParams();
  if (typeof data === 'object' && data !== null) {
    for (const [name, value] of Object.entries(data)) form.append(name, String(value));
  }
  return form.toString();
}

function errorIn(body: string): { code: number | null; message: string | null } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return { code: null, message: null };
    const code = 'code' in parsed && typeof parsed.code === 'number' ? parsed.code : null;
    const message = 'message' in parsed && typeof parsed.message === 'string' ? parsed.message : null;
    return { code, message };
  } catch {
    return { code: null, message: null };
  }
}

/** Seconds; the date form of the header is not used by Twilio. */
function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header === undefined || !Number.isFinite(seconds) || seconds < 0 ? undefined : seconds * 1000;
}
