import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/**
 * What the double does with one request to create a message. `hang` and `reset` accept the message and let the answer be
 * lost, their `…_before` forms lose the request; `garbage` accepts and answers what is no JSON; a number of five digits is
 * one of Twilio's refusals.
 */
export type Behaviour =
  | 'accept'
  | 'hang'
  | 'hang_before'
  | 'reset'
  | 'reset_before'
  | 'garbage'
  | 'lost_500'
  | 429
  | 500
  | 502
  | 503
  | 401
  | 21211
  | 21610
  | 21614
  | 21617;

export type Form = Readonly<Record<string, string | undefined>>;

export interface Accepted {
  readonly sid: string;
  readonly to: string;
  readonly body: string;
  readonly at: number;
  readonly form: Form;
}

export interface TwilioDouble {
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Everything it took, in order; grows. */
  readonly accepted: readonly Accepted[];
  /** Calls it was asked to make, in order; grows. */
  readonly calls: readonly Form[];
  /** Requests to create a message, whatever became of them. */
  requests(): number;
  /** Requests to create a message that it has not answered yet. */
  atWork(): number;
  /** Asked once per request; `n` counts requests from 1. Default: `accept`. */
  behave(rule: (form: Form, n: number) => Behaviour): void;
  /** Posts a signed status callback for an accepted message to its StatusCallback; resolves with the HTTP status. */
  report(message: Accepted, status: string, errorCode?: string): Promise<number>;
  close(): Promise<void>;
}

export interface DoubleOptions {
  readonly port?: number;
  /** Before it looks at a request. */
  readonly latency_ms?: number | (() => number);
  /** Between accepting a message and saying so. */
  readonly answerLatency_ms?: () => number;
  /** Messages per second above which it answers 429. */
  readonly rate_per_s?: number;
}

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'token-of-the-double';

const REFUSALS: Readonly<Record<number, readonly [status: number, message: string]>> = {
  401: [401, 'Authenticate'],
  429: [429, 'Too Many Requests'],
  500: [500, 'Internal Server Error'],
  503: [503, 'Service Unavailable'],
  21211: [400, "The 'To' number is not a valid phone number."],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21614: [400, "'To' number is not a valid mobile number"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
};
const CODES: Readonly<Record<number, number>> = { 401: 20003, 429: 20429, 500: 20500, 503: 20503 };

/** Twilio's message resource as far as Relight uses it, over HTTP on a loopback port, recording what it accepted. */
export async function createTwilioDouble(options: DoubleOptions = {}): Promise<TwilioDouble> {
  const accepted: Accepted[] = [];
  const calls: Form[] = [];
  let rule: (form: Form, n: number) => Behaviour = () => 'accept';
  let requests = 0;
  let atWork = 0;
  let recent: number[] = [];

  function accept(form: Form): Accepted {
    const sid = `SM${createHash('md5').update(`${accepted.length}`).digest('hex')}`;
    const message = { sid, to: form.To ?? '', body: form.Body ?? '', at: Date.now(), form };
    accepted.push(message);
    return message;
  }

  function overRate(): boolean {
    if (options.rate_per_s === undefined) return false;
    const now = Date.now();
    recent = recent.filter((at) => at > now - 1_000);
    if (recent.length >= options.rate_per_s) return true;
    recent.push(now);
    return false;
  }

  function create(form: Form, request: IncomingMessage, response: ServerResponse): void {
    requests += 1;
    const behaviour = overRate() ? 429 : (firstFault(form) ?? rule(form, requests));
    switch (behaviour) {
      case 'accept': {
        const resourceOfIt = resource(accept(form));
        const delay_ms = options.answerLatency_ms?.() ?? 0;
        if (delay_ms === 0) answer(response, 201, resourceOfIt);
        else setTimeout(() => answer(response, 201, resourceOfIt), delay_ms);
        return;
      }
      case 'garbage':
        accept(form);
        response.writeHead(201, { 'content-type': 'application/json' }).end('<html>');
        return;
      case 'lost_500':
        accept(form);
        refuse(response, 500);
        return;
      case 'hang':
        accept(form);
        return;
      case 'hang_before':
        return;
      case 'reset':
        accept(form);
        request.socket.resetAndDestroy();
        return;
      case 'reset_before':
        request.socket.resetAndDestroy();
        return;
      case 502:
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
        return;
      default:
        refuse(response, behaviour);
    }
  }

  function list(url: URL, response: ServerResponse): void {
    const to = url.searchParams.get('To');
    const messages = accepted.filter((message) => to === null || message.to === to).toReversed();
    answer(response, 200, {
      messages: messages.map(resource),
      next_page_uri: null,
      page: 0,
      page_size: messages.length,
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://double');
    const wanted = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`;
    if (request.method === 'POST') {
      atWork += 1;
      response.once('close', () => {
        atWork -= 1;
      });
    }
    const body = await textOf(request);
    const latency_ms = typeof options.latency_ms === 'function' ? options.latency_ms() : options.latency_ms;
    if (latency_ms !== undefined) await new Promise((done) => setTimeout(done, latency_ms));
    if (request.headers.authorization !== wanted) return refuse(response, 401);
    if (url.pathname === `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`) {
      calls.push(Object.fromEntries(new URLSearchParams(body)));
      return answer(response, 201, callResource(calls));
    }
    if (url.pathname !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`) {
      return answer(response, 404, { code: 20404, message: 'not found', status: 404 });
    }
    if (request.method === 'GET') return list(url, response);
    return create(Object.fromEntries(new URLSearchParams(body)), request, response);
  }

  // A sender that is killed in the middle of a request ends it; what came whole is worked on all the same.
  const server = createServer((request, response) => void handle(request, response).catch(() => undefined));
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    accountSid: ACCOUNT,
    authToken: TOKEN,
    accepted,
    calls,
    requests: () => requests,
    atWork: () => atWork,
    behave(next) {
      rule = next;
    },
    report: (message, status, errorCode) => report(message, status, errorCode),
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** What Twilio itself would refuse, whatever the test's rule says. */
function firstFault(form: Form): Behaviour | undefined {
  if (!/^\+[1-9]\d{6,14}$/.test(form.To ?? '')) return 21211;
  if ([...(form.Body ?? '')].length > 1600) return 21617;
  return undefined;
}

async function report(message: Accepted, status: string, errorCode?: string): Promise<number> {
  const url = message.form.StatusCallback;
  if (url === undefined) throw new Error('the message has no StatusCallback');
  const form = {
    AccountSid: ACCOUNT,
    MessageSid: message.sid,
    MessageStatus: status,
    To: message.to,
    ...(errorCode === undefined ? {} : { ErrorCode: errorCode }),
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(TOKEN, url, form) },
    body: new URLSearchParams(form),
  });
  await response.arrayBuffer();
  return response.status;
}

function resource(message: Accepted): Record<string, unknown> {
  return {
    sid: message.sid,
    account_sid: ACCOUNT,
    to: message.to,
    from: message.form.From ?? null,
    messaging_service_sid: message.form.MessagingServiceSid ?? null,
    body: message.body,
    direction: 'outbound-api',
    status: 'queued',
    num_segments: message.form.MessagingServiceSid === undefined ? '1' : '0',
    num_media: '0',
    date_created: new Date(message.at).toUTCString(),
    date_updated: new Date(message.at).toUTCString(),
    date_sent: null,
    error_code: null,
    error_message: null,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${ACCOUNT}/Messages/${message.sid}.json`,
    subresource_uris: {},
  };
}

function callResource(calls: readonly Form[]): Record<string, unknown> {
  const form = calls.at(-1) ?? {};
  const sid = `CA${createHash('md5').update(`${calls.length}`).digest('hex')}`;
  return {
    sid,
    account_sid: ACCOUNT,
    to: form.To,
    from: form.From,
    status: 'queued',
    direction: 'outbound-api',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${ACCOUNT}/Calls/${sid}.json`,
    subresource_uris: {},
  };
}

function refuse(response: ServerResponse, behaviour: number): void {
  const [status, message] = REFUSALS[behaviour] ?? [500, 'Internal Server Error'];
  const wait = status === 429 ? { 'retry-after': '1' } : {};
  answer(response, status, { code: CODES[behaviour] ?? behaviour, message, more_info: '', status }, wait);
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
