import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knownEquivalents } from './mutation-equivalents.ts';
import { type Proof, randomFrom } from './proof.ts';

const SANDBOX = '.tmp/mutation-exact';
const COPIED = [
  'core',
  'contracts',
  'schemes',
  'test/core',
  'test/contracts',
  'test/fixtures/schemes',
  'test/support/property-seed.ts',
  'test/support/chosen-mutant.ts',
  'vitest.mutation.config.ts',
  'package.json',
  'tsconfig.base.json',
];
const FOLDERS = ['core/compensation', 'core/units'];
const WORKERS = 2;

/** Arithmetic here is calls of exact fractions, which operators' mutants do not touch. */
const CHANGED: Readonly<Record<string, string>> = {
  add: 'sub',
  sub: 'add',
  mul: 'div',
  div: 'mul',
  lt: 'lte',
  lte: 'lt',
  gt: 'gte',
  gte: 'gt',
};
const CALL = /(\?)?\.(add|sub|mul|div|lte?|gte?)\(/g;
/** Calls of sets and maps are no arithmetic. */
const COLLECTIONS = /\b(spells|payers|taken|seen|used|builtOn|after|reasons)(\)|!)?$/;

interface Mutant {
  readonly id: string;
  readonly file: string;
  readonly at: number;
  readonly line: string;
  readonly becomes: string;
}

/** Changes of exact arithmetic, one after the other in one instrumented copy; `count` of them. */
export const mutationExact: Proof = {
  name: 'mutation-exact',
  promise: 'no changed call of exact arithmetic in the compensation engine survives its tests',
  fullCount: 90,
  async run({ count, seed, say }) {
    const mutants = await instrumented();
    if (!(await passes(''))) return { passed: false, figure: 'the tests fail before anything is changed' };
    const random = randomFrom(seed);
    const chosen = mutants
      .map((mutant) => ({ mutant, place: random() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ mutant }) => mutant);
    const queue = [...chosen];
    const survivors: Mutant[] = [];
    async function worker(): Promise<void> {
      for (let next = queue.pop(); next !== undefined; next = queue.pop())
        if (await passes(next.id)) survivors.push(next);
    }
    await Promise.all(Array.from({ length: WORKERS }, worker));
    const unknown = survivors.filter((one) => !knownEquivalents.some((known) => isSame(known, one)));
    for (const { file, at, line, becomes } of unknown) say(`survived: ${file}:${at} ${line}  →  ${becomes}`);
    await rm(SANDBOX, { recursive: true });
    return {
      passed: unknown.length === 0 && chosen.length > 0,
      figure: `${chosen.length} of ${mutants.length} calls changed, ${unknown.length} survived, ${survivors.length - unknown.length} that change nothing`,
    };
  },
};

function isSame(known: (typeof knownEquivalents)[number], { file, line, becomes }: Mutant): boolean {
  return known.file === file && known.line === line && known.becomes === becomes;
}

/** A copy in which every call asks which mutant is awake. */
async function instrumented(): Promise<readonly Mutant[]> {
  await rm(SANDBOX, { recursive: true, force: true });
  await mkdir(SANDBOX, { recursive: true });
  for (const path of COPIED) await cp(path, join(SANDBOX, path), { recursive: true });
  const mutants: Mutant[] = [];
  for (const folder of FOLDERS) {
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.ts'))) {
      const file = `${folder}/${name}`;
      const lines = (await readFile(file, 'utf8')).split('\n');
      const changed = lines.map((line, i) =>
        line.replaceAll(CALL, (call, optional: string | undefined, method: string, offset: number) => {
          const becomes = CHANGED[method];
          if (becomes === undefined || COLLECTIONS.test(line.slice(0, offset))) return call;
          const id = `${file}:${i + 1}:${offset}`;
          mutants.push({ id, file, at: i + 1, line: line.trim(), becomes: `.${becomes}(` });
          return `${optional === undefined ? '' : '?.'}[globalThis.chosenMutant === '${id}' ? '${becomes}' : '${method}'](`;
        }),
      );
      await writeFile(join(SANDBOX, file), changed.join('\n'));
    }
  }
  return mutants;
}

/** Whether all tests pass while one mutant is awake. */
function passes(mutant: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(
      process.execPath,
      [vitest, 'run', '--bail', '1', '--root', SANDBOX, '--config', 'vitest.mutation.config.ts'],
      { env: { ...process.env, MUTANT: mutant }, stdio: 'ignore' },
    );
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}
