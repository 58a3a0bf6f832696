import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { openSqliteStores } from '../adapters/sql/sqlite-stores.ts';
import { parseSite } from '../contracts/site-file.ts';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** The built platform as a process of its own, as in production; its data lives in a temporary folder. */
export interface PlatformProcess {
  readonly directory: string;
  readonly url: string;
  readonly mqttPort: number;
  readonly pid: number;
  /** `relight simulate` arguments; null without the demo site. */
  readonly simulate: readonly string[] | null;
  /** Resident memory, MB. */
  rss_mb(): number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface PlatformOptions {
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'relight-bench-'));
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

export async function startPlatform({ directory, env = {} }: PlatformOptions): Promise<PlatformProcess> {
  if (!existsSync(MAIN)) throw new Error('the platform is not built: run npm run build first');
  const child = spawn(process.execPath, [MAIN, 'start'], {
    env: {
      ...process.env,
      DATA_DIR: directory,
      HTTP_PORT: '0',
      MQTT_PORT: '0',
      LOG_LEVEL: 'warn',
      DEMO: 'false',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(join(directory, 'platform.log'), { flags: 'a' });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const ready = await readiness(child, join(directory, 'platform.log'));
  const pid = child.pid ?? 0;
  return {
    directory,
    ...ready,
    pid,
    rss_mb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

interface Readiness {
  readonly url: string;
  readonly mqttPort: number;
  readonly simulate: readonly string[] | null;
}

function readiness(child: ChildProcess, log: string): Promise<Readiness> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`the platform ended with ${code}:\n${readFileSync(log, 'utf8').slice(-2000)}`)),
    );
    child.once('message', (message) => {
      if (isReadiness(message)) resolve(message);
      else reject(new Error(`unexpected word from the platform: ${JSON.stringify(message)}`));
    });
  });
}

function isReadiness(message: unknown): message is Readiness {
  return (
    typeof message === 'object' &&
    message !== null &&
    'url' in message &&
    'mqttPort' in message &&
    'simulate' in message
  );
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Puts a site and a secret per device into the empty stores of a platform that does not run yet. */
export async function prepareSite(directory: string, file: unknown): Promise<ReadonlyMap<string, string>> {
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 5)));
  const stores = await openSqliteStores({
    file: join(directory, 'relight.db'),
    log: createLogger({ level: 'error' }),
  });
  const secrets = new Map<string, string>();
  try {
    await stores.migrate();
    const { site, devices, gateways } = parsed.site;
    await stores.sites.put(parsed.site, file, { by: 'bench', at: Date.now() });
    for (const { id } of [...devices, ...gateways]) {
      const secret = randomBytes(16).toString('hex');
      secrets.set(id, secret);
      await stores.credentials.set(
        site.id,
        id,
        createHash('sha256').update(secret).digest('hex'),
        Date.now(),
      );
    }
  } finally {
    await stores.close();
  }
  return secrets;
}

export interface Session {
  get<T>(path: string): Promise<T>;
  write(
    method: 'POST' | 'PUT',
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<number>;
  readonly cookie: string;
  readonly csrf: string;
}

/** Signs in through the one-time link that the platform printed, as its first administrator. */
export async function signIn({
  url,
  directory,
}: Pick<PlatformProcess, 'url' | 'directory'>): Promise<Session> {
  const token = await printedToken(join(directory, 'platform.log'));
  const response = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, login: 'bench', name: 'Bench', password: randomBytes(12).toString('hex') }),
  });
  if (!response.ok) throw new Error(`setup answered ${response.status}: ${await response.text()}`);
  const { csrf } = (await response.json()) as { csrf: string };
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return sessionAt(() => url, cookie, csrf);
}

/** The link is printed right after the word that all is ready; the pipe to the log file may be a little behind. */
async function printedToken(log: string): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const token = [...readFileSync(log, 'utf8').matchAll(/token=([\w-]+)/g)].at(-1)?.[1];
    if (token !== undefined) return token;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no administrator link in ${log}`);
}

/** The session outlives a restart of the platform on another port. */
export function sessionAt(url: () => string, cookie: string, csrf: string): Session {
  return {
    cookie,
    csrf,
    async get<T>(path: string): Promise<T> {
      const response = await fetch(`${url()}/api/v1${path}`, { headers: { cookie } });
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      return (await response.json()) as T;
    },
    async write(method, path, body, headers = {}) {
      const response = await fetch(`${url()}/api/v1${path}`, {
        method,
        headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return response.status;
    },
  };
}
