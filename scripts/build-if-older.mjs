// Builds what is missing or older than its sources; the marks beside the outputs say when each was last built whole.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const PARTS = {
  'the platform': {
    mark: 'dist/.built',
    sources: [
      'core',
      'contracts',
      'adapters',
      'profiles',
      'broker',
      'ingest',
      'alerting',
      'settlement',
      'api',
      'simulators',
      'cli',
    ],
    command: ['typescript/bin/tsc', '-b'],
  },
  'the board': {
    mark: 'dashboard/dist/.built',
    sources: ['dashboard/src', 'dashboard/public', 'dashboard/vite.config.ts', 'core', 'contracts'],
    command: ['vite/bin/vite.js', 'build', 'dashboard', '--logLevel', 'warn'],
  },
};

export function buildIfOlder() {
  for (const [what, { mark, sources, command }] of Object.entries(PARTS)) {
    const built = existsSync(join(root, mark)) ? statSync(join(root, mark)).mtimeMs : 0;
    if (sources.every((source) => newest(join(root, source)) <= built)) continue;
    console.log(`building ${what} …`);
    const began = new Date();
    const [tool = '', ...args] = command;
    const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
      cwd: root,
      stdio: 'inherit',
      // A test runner's NODE_ENV would build the board for development.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (status !== 0) throw new Error(`building ${what} failed; run 'npm install' and try again`);
    // What was saved while the tool ran may not be in its output: the mark says when it began.
    writeFileSync(join(root, mark), '');
    utimesSync(join(root, mark), began, began);
  }
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (own.isFile()) return own.mtimeMs;
  let latest = 0;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return latest;
}
