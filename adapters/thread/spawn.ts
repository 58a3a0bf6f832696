import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from the module `entry` (relative, without extension) beside the module `from`
 * (its `import.meta.url`): from `dist` it runs `entry.js`, from source `entry.ts`.
 *
 * Node 20 cannot strip types, and `--import tsx` registers nothing inside a thread whose main thread runs
 * without it (vitest's does), so the source form registers tsx's hooks in the thread itself.
 */
export function spawnThread(from: string, entry: string, options: WorkerOptions = {}): Worker {
  if (!from.endsWith('.ts')) {
    return new Worker(new URL(`${entry}.js`, from), options);
  }
  const loader = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  ).href;
  const module = new URL(`${entry}.ts`, from).href;
  const boot = [
    `import { register } from ${JSON.stringify(loader)};`,
    'register();',
    `await import(${JSON.stringify(module)});`,
  ].join('\n');
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(boot)}`), {
    ...options,
    execArgv: [],
  });
}
