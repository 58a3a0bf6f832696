import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load.ts';

interface Word {
  readonly kind: 'tick' | 'result' | 'error';
  readonly sent?: number;
  readonly acknowledged?: number;
  readonly result?: LoadResult;
  readonly message?: string;
}

/** Runs the generator beside the platform, in another process on the same machine. */
export function loadBeside(
  plan: LoadPlan,
  onTick: (sent: number, acknowledged: number) => void = () => undefined,
): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
    });
    child.on('message', (word: Word) => {
      if (word.kind === 'tick') onTick(word.sent ?? 0, word.acknowledged ?? 0);
      else if (word.kind === 'result' && word.result !== undefined) resolve(word.result);
      else reject(new Error(word.message ?? 'the generator failed'));
    });
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`the generator ended with ${code}`));
    });
    child.send(plan);
  });
}
