import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { knownEquivalents } from './mutation-equivalents.ts';
import { type Outcome, type Proof, type Round, randomFrom } from './proof.ts';

const FOLDER = '.tmp/mutation';
const ENGINE = 'core/compensation';
const UNITS = ['calendar', 'money', 'periods', 'rounding', 'split', 'working-days'];
/** What decides an amount: comparisons, arithmetic, least and greatest. Texts and shapes have tests of their own. */
const MUTATORS = ['EqualityOperator', 'ArithmeticOperator', 'MethodExpression'];
const LEFT_OUT = [
  'ArrayDeclaration',
  'ArrowFunction',
  'AssignmentOperator',
  'BlockStatement',
  'BooleanLiteral',
  'ConditionalExpression',
  'LogicalOperator',
  'ObjectLiteral',
  'OptionalChaining',
  'Regex',
  'StringLiteral',
  'UnaryOperator',
  'UpdateOperator',
];

interface Mutant {
  readonly mutatorName: string;
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

/** Changes of operators, file by file; `count` files. About three seconds a mutant on two busy cores. */
export const mutation: Proof = {
  name: 'mutation',
  promise: 'no changed comparison, sum, rounding or cap of the compensation engine survives its tests',
  fullCount: 64,
  inParts: true,
  async run(round) {
    const files = await filesOf(round);
    await mkdir(FOLDER, { recursive: true });
    const config = join(FOLDER, 'stryker.config.json');
    await writeFile(config, JSON.stringify(settings(files), null, 2));
    const code = await stryker(config, round);
    if (code !== 0) return { passed: false, figure: `the mutation run ended with exit code ${code}` };
    const report: Report = JSON.parse(await readFile(join(FOLDER, 'report.json'), 'utf8'));
    return judged(report, round);
  },
};

async function filesOf({ count, seed, skip }: Round): Promise<readonly string[]> {
  const engine = (await readdir(ENGINE)).filter((name) => name.endsWith('.ts'));
  const all = [...engine.map((name) => `${ENGINE}/${name}`), ...UNITS.map((name) => `core/units/${name}.ts`)];
  const random = randomFrom(seed);
  const shuffled = all.map((file) => ({ file, place: random() })).sort((a, b) => a.place - b.place);
  return shuffled.slice(skip, skip + count).map(({ file }) => file);
}

function settings(files: readonly string[]): object {
  return {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'vitest.mutation.config.ts' },
    mutate: files,
    mutator: { excludedMutations: LEFT_OUT },
    ignorePatterns: ['/**', '!/core/**', '!/contracts/**', '!/schemes/**', '!/test/**', '!/*.ts', '!/*.json'],
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    disableTypeChecks: true,
    concurrency: 2,
    timeoutMS: 30_000,
    // All tests once, with coverage; minutes on a machine that others use.
    dryRunTimeoutMinutes: 60,
    tempDirName: `${FOLDER}/sandbox`,
    reporters: ['json'],
    jsonReporter: { fileName: `${FOLDER}/report.json` },
  };
}

function stryker(config: string, { say }: Round): Promise<number> {
  const home = dirname(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json'));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(home, 'bin', 'stryker.js'), 'run', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (text: Buffer) => say(text.toString('utf8').trim()));
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function judged({ files }: Report, { say }: Round): Outcome {
  let tested = 0;
  let equivalent = 0;
  let survived = 0;
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const lines = source.split('\n');
    for (const { mutatorName, status, replacement = '', location } of mutants) {
      if (!MUTATORS.includes(mutatorName) || status === 'Ignored') continue;
      tested += 1;
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      const line = (lines[location.start.line - 1] ?? '').trim();
      if (
        knownEquivalents.some((one) => one.file === file && one.line === line && one.becomes === replacement)
      ) {
        equivalent += 1;
        continue;
      }
      survived += 1;
      say(`survived: ${file}:${location.start.line} ${line}  →  ${replacement}`);
    }
  }
  return {
    passed: survived === 0 && tested > 0,
    figure: `${tested} mutants in ${Object.keys(files).length} files, ${survived} survived, ${equivalent} that change nothing`,
  };
}
