import { createServer, type IncomingMessage } from 'node:http';

/** One exchange as its server's documentation gives it. */
export interface Exchange {
  readonly method: string;
  /** Path and, where given, the parameters that must be there. */
  readonly path: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Plays recorded exchanges: the first that fits a request answers it; what fits none is answered 501. */
export async function playExchanges(exchanges: () => readonly Exchange[]): Promise<{
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://recorded');
      const method = request.method ?? '';
      received.push({
        method,
        path: url.pathname,
        search: url.searchParams,
        authorization: request.headers.authorization,
        body,
      });
      const fits = exchanges().find(
        (one) =>
          one.method === method &&
          one.path === url.pathname &&
          Object.entries(one.search ?? {}).every(
            ([name, value]) => url.searchParams.get(name)?.startsWith(value) === true,
          ),
      );
      const json = fits?.body === undefined ? '' : JSON.stringify(fits.body);
      response.writeHead(fits?.status ?? 501, {
        ...(json === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        ...fits?.headers,
      });
      response.end(json);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
