import { spawn } from 'node:child_process';
import { buildIfOlder } from './build-if-older.mjs';
import type { TestServer } from './services/child-server.ts';
import {
  chineseFont,
  chromium,
  ensureInstalled,
  influx,
  locate,
  mosquitto,
  postgres,
} from './services/debian-packages.ts';
import { startInflux } from './services/influx.ts';
import { startMosquitto } from './services/mosquitto.ts';
import { startPostgres } from './services/postgres.ts';

/** More than the whole suite takes on two busy cores. */
const RUN_MS = 30 * 60_000;

const starts = [
  ['TEST_POSTGRES_URL', startPostgres],
  ['TEST_INFLUX_URL', startInflux],
  ['TEST_MOSQUITTO_URL', startMosquitto],
] as const;

const servers: TestServer[] = [];
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

try {
  ensureInstalled([postgres, influx, mosquitto, chromium, chineseFont]);
  // Once, before files run beside each other: two builds at a time would write into the same folder.
  buildIfOlder();
  const addresses: Record<string, string> = { TEST_CHROMIUM: locate(chromium) };
  for (const [variable, start] of starts) {
    if (interrupted.signal.aborted) break;
    const server = await start();
    servers.push(server);
    addresses[variable] = server.url;
  }
  process.exitCode = interrupted.signal.aborted ? 130 : await runTests(addresses);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const server of servers.reverse()) await server.stop();
}

/** Arguments go on to vitest, e.g. a file name. */
async function runTests(addresses: Readonly<Record<string, string>>): Promise<number> {
  const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
  const args = [vitest, 'run', '--config', 'vitest.services.config.ts', ...process.argv.slice(2)];
  const run = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...addresses } });
  const end = () => run.kill('SIGTERM');
  interrupted.signal.addEventListener('abort', end);
  const late = setTimeout(() => {
    console.error(`The tests did not end within ${RUN_MS / 60_000} min`);
    end();
  }, RUN_MS);
  const code = await new Promise<number | null>((resolve) => run.once('exit', resolve));
  clearTimeout(late);
  return code ?? 1;
}
