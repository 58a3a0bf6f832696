// `npm start`: builds what is missing or out of date, then runs the platform and, in demo mode, the simulator beside it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
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
];

buildIfOlder('the platform', 'dist/.built', SOURCES, ['tsc', ['-b']]);
buildIfOlder(
  'the board',
  'dashboard/dist/.built',
  ['dashboard/src', 'dashboard/public', 'dashboard/vite.config.ts', 'core', 'contracts'],
  ['vite', ['build', 'dashboard', '--logLevel', 'warn']],
);

const demo = !/^(0|no|false)$/i.test(process.env.DEMO ?? 'true');
const children = new Map();
let stopping = false;

const platform = run(
  'platform',
  ['start', ...process.argv.slice(2)],
  ['inherit', 'inherit', 'inherit', 'ipc'],
);
platform.on('message', (message) => {
  // The simulator is a process of its own, so that the world it plays outlives the platform that watches it.
  if (demo && message?.ready && message.simulate && !stopping)
    run('simulator', ['simulate', ...message.simulate], ['ignore', 'inherit', 'inherit']);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopAll(signal));

function run(name, argv, stdio) {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...argv], {
    cwd: process.cwd(),
    stdio,
  });
  children.set(name, child);
  child.on('exit', (code, signal) => {
    children.delete(name);
    if (name === 'platform') {
      process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
      stopAll('SIGTERM');
    } else if (!stopping) {
      console.error(`the ${name} ended (${signal ?? code}); the platform goes on without it`);
    }
  });
  return child;
}

function stopAll(signal) {
  stopping = true;
  for (const child of children.values()) child.kill(signal);
}

function buildIfOlder(what, output, sources, [tool, args]) {
  const built = existsSync(join(root, output)) ? statSync(join(root, output)).mtimeMs : 0;
  if (sources.every((folder) => newest(join(root, folder)) <= built)) return;
  console.log(`building ${what} …`);
  const result = spawnSync(process.execPath, [join(root, 'node_modules', toolFile(tool)), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.status !== 0) {
    console.error(`building ${what} failed; run 'npm install' and try again`);
    process.exit(1);
  }
  writeFileSync(join(root, output), '');
}

function toolFile(tool) {
  return tool === 'tsc' ? 'typescript/bin/tsc' : 'vite/bin/vite.js';
}

function newest(folder) {
  if (!existsSync(folder)) return 0;
  const own = statSync(folder);
  if (own.isFile()) return own.mtimeMs;
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return latest;
}
