import type { Transferable, Worker } from 'node:worker_threads';
import { spawnThread } from './spawn.ts';
import { ThreadError } from './thread-error.ts';
import {
  type Procedures,
  type RequestOf,
  type ResponseOf,
  STOP,
  type WireReply,
  type WireRequest,
} from './wire.ts';

export interface WorkerClientOptions {
  /** `import.meta.url` of the module beside which the worker's entry stands. */
  readonly from: string;
  /** The entry relative to `from`, without extension: `./libsql-worker`. */
  readonly entry: string;
  readonly name: string;
  /** Calls that may wait for an answer at once; one more is refused with `thread_busy`. */
  readonly maxInFlight: number;
  /** The thread ends when its heap would grow beyond this. */
  readonly memory_mb?: number;
  /** Handed to the worker as `workerData`. */
  readonly data?: unknown;
  /** Runs once when the thread ended without having been asked to. */
  readonly onDeath?: (error: ThreadError) => void;
}

/** Typed calls into a worker thread. Rejects with ThreadError only. */
export interface WorkerClient<P extends Procedures> {
  /** Resolves when the worker serves; starts a new thread when the last one died. */
  start(): Promise<void>;
  call<K extends keyof P & string>(
    procedure: K,
    request: RequestOf<P, K>,
    transfer?: readonly Transferable[],
  ): Promise<ResponseOf<P, K>>;
  inFlight(): number;
  alive(): boolean;
  /** Lets the calls in flight finish and the worker close; ends it by force after `force_ms` (default 10 s). */
  stop(force_ms?: number): Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ThreadError) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
}

export function createWorkerClient<P extends Procedures>(options: WorkerClientOptions): WorkerClient<P> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let thread: Thread | null = null;
  let stopping = false;

  function open(): Thread {
    stopping = false;
    const { memory_mb } = options;
    const worker = spawnThread(options.from, options.entry, {
      name: options.name,
      workerData: options.data,
      ...(memory_mb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memory_mb } }),
    });
    let cause: unknown;
    const ready = deferred();
    const ended = deferred();
    worker.on('message', (reply: WireReply) => {
      if (reply.kind === 'ready') ready.resolve();
      else settle(pending, reply);
    });
    worker.on('messageerror', (error) => {
      cause = error;
      void worker.terminate();
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      thread = null;
      const error = deathOf(options.name, code, stopping, cause);
      ready.reject(error);
      for (const call of pending.values()) call.reject(error);
      pending.clear();
      ended.resolve();
      if (!stopping) options.onDeath?.(error);
    });
    ready.promise.catch(() => {});
    return { worker, ready: ready.promise, ended: ended.promise };
  }

  return {
    start() {
      thread ??= open();
      return thread.ready;
    },
    call(procedure, request, transfer = []) {
      return new Promise((resolve, reject) => {
        if (thread === null || stopping) {
          reject(new ThreadError('thread_stopped', `${options.name} is not running`, { retryable: true }));
          return;
        }
        if (pending.size >= options.maxInFlight) {
          const waiting = `${pending.size} calls wait already`;
          reject(
            new ThreadError('thread_busy', `${options.name} is overloaded: ${waiting}`, { retryable: true }),
          );
          return;
        }
        const id = nextId++;
        const message: WireRequest = { id, procedure, request };
        thread.worker.postMessage(message, transfer);
        // Both ends are compiled against the same P; the wire between them cannot carry types.
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      });
    },
    inFlight: () => pending.size,
    alive: () => thread !== null && !stopping,
    async stop(force_ms = 10_000) {
      if (thread === null) return;
      const { worker, ended } = thread;
      stopping = true;
      worker.postMessage(STOP);
      const timer = setTimeout(() => void worker.terminate(), force_ms);
      await ended;
      clearTimeout(timer);
    },
  };
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: ThreadError) => void;
}

function deferred(): Deferred {
  let resolve: () => void = () => {};
  let reject: (error: ThreadError) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function settle(pending: Map<number, Pending>, reply: Exclude<WireReply, { kind: 'ready' }>): void {
  const call = pending.get(reply.id);
  pending.delete(reply.id);
  if (reply.kind === 'ok') {
    call?.resolve(reply.value);
  } else {
    const { code, message, retryable } = reply.error;
    call?.reject(new ThreadError(code, message, { retryable }));
  }
}

function deathOf(name: string, exitCode: number, stopping: boolean, cause: unknown): ThreadError {
  if (stopping) {
    return new ThreadError('thread_stopped', `${name} was stopped`, { retryable: true });
  }
  const why = cause instanceof Error ? cause.message : `exit code ${exitCode}`;
  return new ThreadError('thread_died', `${name} ended unexpectedly: ${why}`, { retryable: true, cause });
}
