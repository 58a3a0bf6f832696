import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** How a test server is handed out. `halt` and `resume` take it away and bring it back with its data. */
export interface TestServer {
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  halt(): Promise<void>;
  resume(): Promise<void>;
}

export interface ChildServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly stopSignal?: NodeJS.Signals;
  /** Resolves once it serves; rejects while it does not. */
  readonly probe: () => Promise<void>;
}

export interface ChildServer {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 10_000;
const PROBE_EVERY_MS = 100;

/** A server in a process of its own, started and stopped within bounded time. */
export function createChildServer(options: ChildServerOptions): ChildServer {
  let child: ChildProcess | undefined;
  let output = '';

  async function start(): Promise<void> {
    output = '';
    const { command, args, uid, gid } = options;
    const started = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    child = started;
    started.once('error', (error) => note(String(error)));
    for (const stream of [started.stdout, started.stderr]) stream?.setEncoding('utf8').on('data', note);
    await serves(started);
  }

  function note(text: string): void {
    output = (output + text).slice(-4_000);
  }

  async function serves(started: ChildProcess): Promise<void> {
    const deadline = performance.now() + START_MS;
    for (;;) {
      if (hasEnded(started)) throw new Error(`${options.name} ended while starting:\n${output}`);
      const ready = await options.probe().then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (performance.now() > deadline) {
        await stop();
        throw new Error(`${options.name} did not serve within ${START_MS / 1000} s:\n${output}`);
      }
      await sleep(PROBE_EVERY_MS);
    }
  }

  async function stop(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || hasEnded(running)) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill(options.stopSignal ?? 'SIGTERM');
    const hard = setTimeout(() => running.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(hard);
  }

  return { start, stop };
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

export async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
