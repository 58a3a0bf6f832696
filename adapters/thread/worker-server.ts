import { type MessagePort, parentPort } from 'node:worker_threads';
import {
  type Procedures,
  STOP,
  Transferred,
  type WireError,
  type WireReply,
  type WireRequest,
} from './wire.ts';

/**
 * Serves `procedures` from inside a worker thread. Requests start in the order they came; asynchronous ones
 * overlap. `close` runs once the client said stop, before the thread ends.
 */
export function serveWorker<P extends Procedures>(
  procedures: P,
  close: () => void | Promise<void> = () => {},
): void {
  if (parentPort === null) {
    throw new Error('serveWorker runs in a worker thread only');
  }
  const port = parentPort;
  // A request is what the client's compiler checked against P; the wire between them cannot carry types.
  const handlers = new Map(Object.entries(procedures) as [string, (request: unknown) => unknown][]);
  const running = new Set<Promise<void>>();
  port.on('message', (message: WireRequest | typeof STOP) => {
    if (message === STOP) {
      void Promise.all(running)
        .then(close)
        .finally(() => port.close());
      return;
    }
    const answered = answer(port, handlers, message).finally(() => running.delete(answered));
    running.add(answered);
  });
  post(port, { kind: 'ready' });
}

async function answer(
  port: MessagePort,
  handlers: ReadonlyMap<string, (request: unknown) => unknown>,
  { id, procedure, request }: WireRequest,
): Promise<void> {
  try {
    const handler = handlers.get(procedure);
    if (handler === undefined) {
      throw new Error(`No procedure ${procedure}`);
    }
    const value = await handler(request);
    if (value instanceof Transferred) {
      port.postMessage({ kind: 'ok', id, value: value.value } satisfies WireReply, value.transfer);
    } else {
      post(port, { kind: 'ok', id, value });
    }
  } catch (error) {
    post(port, { kind: 'error', id, error: wireError(error) });
  }
}

function post(port: MessagePort, reply: WireReply): void {
  port.postMessage(reply);
}

function wireError(error: unknown): WireError {
  if (!(error instanceof Error)) {
    return { code: 'error', message: String(error), retryable: false };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'error';
  const retryable = 'retryable' in error && error.retryable === true;
  return { code, message: error.message, retryable };
}
