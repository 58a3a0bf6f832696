import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const STOP_MS = 60_000;

/** The built platform over one data folder, ended and started as often as a proof wants. */
export interface KillablePlatform {
  /** Resolves when it serves; rejects when it ends by itself. A kill leaves it pending. */
  start(): Promise<void>;
  /** kill -9, whatever it is doing, also while it starts. */
  kill(): Promise<void>;
  /** SIGTERM; throws when it does not end well. */
  stop(): Promise<void>;
  isServing(): boolean;
  /** Where it served last. */
  url(): string;
  log(): string;
}

export function createKillablePlatform(
  directory: string,
  env: Readonly<Record<string, string>>,
): KillablePlatform {
  const logFile = join(directory, 'platform.log');
  const log = () => readFileSync(logFile, 'utf8');
  let child: ChildProcess | null = null;
  let serving = false;
  let url = '';

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    child = null;
    serving = false;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return null;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
    return ending.exitCode;
  }

  return {
    start() {
      const started = spawn(process.execPath, [MAIN, 'start'], {
        env: {
          ...process.env,
          LOG_LEVEL: 'warn',
          DEMO: 'false',
          HTTP_PORT: '0',
          BOARD: 'false',
          ...env,
          DATA_DIR: directory,
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      const file = createWriteStream(logFile, { flags: 'a' });
      started.stdout?.pipe(file, { end: false });
      started.stderr?.pipe(file, { end: false });
      return new Promise((resolve, reject) => {
        started.once('exit', (code) => {
          if (child !== started) return;
          child = null;
          serving = false;
          reject(new Error(`the platform ended by itself with ${code}:\n${log().slice(-3_000)}`));
        });
        started.on('message', (message) => {
          if (child !== started || typeof message !== 'object' || message === null || !('url' in message))
            return;
          url = String(message.url);
          serving = true;
          resolve();
        });
      });
    },
    async kill() {
      await end('SIGKILL');
    },
    async stop() {
      const code = await end('SIGTERM');
      if (code !== 0) throw new Error(`the platform did not stop well (${code}):\n${log().slice(-3_000)}`);
    },
    isServing: () => serving,
    url: () => url,
    log,
  };
}
