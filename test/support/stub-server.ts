import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StubServer {
  readonly url: string;
  /** Every request, in order; grows. */
  readonly exchanges: readonly Exchange[];
  /** What it answers from now on; `hang` and `reset` end without an answer. */
  answer(rule: (exchange: Exchange) => Reply | 'hang' | 'reset'): void;
  close(): Promise<void>;
}

/** A loopback HTTP server that keeps what it is asked and answers by a rule. */
export async function createStubServer(): Promise<StubServer> {
  const exchanges: Exchange[] = [];
  let rule: (exchange: Exchange) => Reply | 'hang' | 'reset' = () => ({ status: 200, json: {} });
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://stub');
    const exchange = { method: request.method ?? '', url, headers: request.headers, body };
    exchanges.push(exchange);
    const reply = rule(exchange);
    if (reply === 'hang') return;
    if (reply === 'reset') return void request.socket.resetAndDestroy();
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.text ?? JSON.stringify(reply.json ?? {}));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    answer(next) {
      rule = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
