import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Score } from './score.ts';

const PROCESS = fileURLToPath(new URL('./course-process.ts', import.meta.url));

/** Plays every seed on a network, on as many processes as there are cores; scores come in the order of the seeds. */
export async function runCourses(network: string, seeds: readonly number[]): Promise<Score[]> {
  const left = [...seeds];
  const scores = new Map<number, Score>();
  const processes = Math.min(left.length, Math.max(1, availableParallelism()));
  await Promise.all(Array.from({ length: processes }, () => playOut(network, left, scores)));
  return seeds.flatMap((seed) => scores.get(seed) ?? []);
}

function playOut(network: string, left: number[], scores: Map<number, Score>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(PROCESS, [network], { execArgv: ['--import', 'tsx'] });
    const next = () => {
      const seed = left.shift();
      if (seed === undefined) child.disconnect();
      else child.send(seed);
    };
    child.on('message', (word: 'ready' | Score) => {
      if (word !== 'ready') scores.set(word.seed, word);
      next();
    });
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a process of courses on ${network} ended with ${code}`));
    });
  });
}
