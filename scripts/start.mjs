// `npm start`: builds what is missing or out of date, then runs the platform and, in demo mode, the simulator beside it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfOlder } from './build-if-older.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  buildIfOlder();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

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
