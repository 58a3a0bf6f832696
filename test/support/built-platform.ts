import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningPlatform {
  readonly url: string;
  /** The one-time link of the first administrator; null when there is one. */
  readonly setupLink: string | null;
  /** Arguments of `relight simulate` for the demo site. */
  readonly simulate: readonly string[];
  /** Everything printed so far. */
  output(): string;
  kill(): Promise<void>;
}

/** The built platform as a process of its own, on free ports unless told. */
export async function startPlatform(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningPlatform> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, DATA_DIR: dataDirectory, HTTP_PORT: '0', MQTT_PORT: '0', ...environment },
  });
  const output = collect(child);
  const ready = await new Promise<{ url: string; simulate: string[] | null }>((resolve, reject) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`the platform ended with ${code}:\n${output()}`)));
  });
  return {
    url: ready.url,
    setupLink: /http\S+\/setup\?token=\S+/.exec(output())?.[0] ?? null,
    simulate: ready.simulate ?? [],
    output,
    kill: () => end(child),
  };
}

export async function startSimulator(args: readonly string[]): Promise<{ kill(): Promise<void> }> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'simulate', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (output().includes('simulating')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}:\n${output()}`)));
  });
  return { kill: () => end(child) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-200_000);
    });
  }
  return () => text;
}

function isReady(message: unknown): message is { url: string; simulate: string[] | null } {
  return typeof message === 'object' && message !== null && 'ready' in message && 'url' in message;
}

/** At once, as a power cut would. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
