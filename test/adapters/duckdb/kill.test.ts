import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newStoreDirectory, openStoreIn } from '../../support/duckdb-store.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const monday = Date.UTC(2026, 0, 5);
const kills = 4;
/** On a busy machine days are sealed later. */
const mostKills = 12;

it('loses and doubles nothing acknowledged when killed between, in and after batches and seals', {
  timeout: 120_000,
}, async () => {
  const home = await newStoreDirectory();
  onTestFinished(home.remove);
  const random = seededRandom(20_260_105);
  let acknowledged = 0;
  const readings = join(home.directory, 'readings', 'site=s');
  const sealed = () => (existsSync(readings) ? readdirSync(readings).length : 0);
  for (let kill = 0; kill < kills || (sealed() < 2 && kill < mostKills); kill += 1) {
    const batches = 14 + Math.floor(random() * 14);
    acknowledged = await writeUntilKilled(home.directory, acknowledged, batches, random() * 60);
    const store = await openStoreIn(home.directory);
    const stored = await store.count('s', monday, monday + 1e12);
    await store.close();
    expect(stored % 200).toBe(0);
    expect(stored / 200 - acknowledged).toBeGreaterThanOrEqual(0);
    expect(stored / 200 - acknowledged).toBeLessThanOrEqual(1);
    acknowledged = stored / 200;
  }
  expect(acknowledged).toBeGreaterThan(5);
  expect(sealed()).toBeGreaterThan(1);
});

/** Kills the writer so many acknowledgements and milliseconds on, and says how many batches it had acknowledged. */
async function writeUntilKilled(
  directory: string,
  done: number,
  batches: number,
  after_ms: number,
): Promise<number> {
  const script = new URL('../../support/duckdb-writer-process.ts', import.meta.url).pathname;
  const writer = spawn(
    process.execPath,
    ['--import', 'tsx', script, directory, String(monday), String(done)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > batches) setTimeout(() => writer.kill('SIGKILL'), after_ms);
  });
  await new Promise((exited) => writer.once('close', exited));
  const lines = output.split('\n').slice(0, -1);
  return Number(lines.at(-1) ?? done);
}
