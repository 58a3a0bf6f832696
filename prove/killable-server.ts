import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('claim-server.mjs', import.meta.url));
const SCHEMES = fileURLToPath(new URL('../schemes', import.meta.url));

export interface KillableServer {
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Null while it does not serve. */
  url(): string | null;
  /** Ends all of it. */
  close(): Promise<void>;
}

/** Settlement and API as a process to be killed with -9 and started again over the same data; the next one waits loaded. */
export function createKillableServer(directory: string): KillableServer {
  const logFile = join(directory, 'server.log');
  let child: ChildProcess | null = null;
  let next: ChildProcess | null = null;
  let url: string | null = null;

  function load(): ChildProcess {
    const loading = spawn(process.execPath, [SERVER, directory, SCHEMES], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [loading.stdout, loading.stderr])
      stream?.on('data', (chunk: Buffer) => appendFileSync(logFile, chunk));
    return loading;
  }

  /** Rejects when it ends before it serves; a kill later is nobody's matter. */
  function serving(started: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => {
        const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-3_000) : '';
        reject(new Error(`the server ended by itself with ${code}:\n${log}`));
      };
      started.once('exit', ended);
      started.on('message', (message) => {
        if (typeof message !== 'object' || message === null || !('url' in message)) return;
        started.off('exit', ended);
        resolve(String(message.url));
      });
      // Kept until it has loaded.
      started.send('go');
    });
  }

  async function end(ending: ChildProcess | null): Promise<void> {
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill('SIGKILL');
    await gone;
  }

  return {
    async start() {
      child = next ?? load();
      next = load();
      url = await serving(child);
    },
    async kill() {
      const killed = child;
      child = null;
      url = null;
      await end(killed);
    },
    url: () => url,
    async close() {
      const last = [child, next];
      child = null;
      next = null;
      url = null;
      for (const one of last) await end(one);
    },
  };
}
