import {
  type ClientRequest,
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { guardedLookup, refuseAddress } from './address-guard.ts';

/** Answers of providers are small. */
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** No answer came. `written`: the request may have reached the other side, so it may have been carried out. */
export class NoAnswer extends Error {
  readonly written: boolean;
  constructor(message: string, written: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoAnswer';
    this.written = written;
  }
}

export interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
  readonly agent?: HttpAgent;
}

/**
 * One HTTP exchange that says, when it fails, whether the request had a connection to leave by. A library that only says
 * "time-out" cannot be retried safely, since the provider keeps no key to recognise a repetition by. It follows no redirect
 * and connects to no address that only this machine's own network knows.
 */
export function ask(given: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const refused = refuseAddress(given.url.hostname);
    if (refused !== null) return reject(new NoAnswer(refused.message, false, { cause: refused }));
    const send = given.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(given.url, {
      method: given.method,
      headers: { ...given.headers, 'Content-Length': Buffer.byteLength(given.body) },
      agent: given.agent,
      signal: given.signal,
      lookup: guardedLookup,
    });
    let connected = false;
    const timer = setTimeout(() => request.destroy(new Error('no answer in time')), given.timeout_ms);

    whenConnected(request, given.url.protocol === 'https:', () => {
      connected = true;
    });
    request.once('response', (response) => {
      collect(response).then(resolve, (cause: unknown) =>
        reject(new NoAnswer('answer cut short', true, { cause })),
      );
    });
    request.once('error', (cause) => reject(new NoAnswer(cause.message, connected, { cause })));
    request.once('close', () => clearTimeout(timer));
    request.end(given.body);
  });
}

function whenConnected(request: ClientRequest, secure: boolean, then: () => void): void {
  request.once('socket', (socket) => {
    if (request.reusedSocket || !socket.connecting) then();
    else socket.once(secure ? 'secureConnect' : 'connect', then);
  });
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > ANSWER_MAX_BYTES) throw new Error('answer too large');
    chunks.push(bytes);
  }
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(chunks).toString('utf8'),
    retryAfter: response.headers['retry-after'],
  };
}
