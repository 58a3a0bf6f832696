import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { buildIfOlder } from '../scripts/build-if-older.mjs';
import { shareOf } from './proof.ts';
import { proofs } from './proofs.ts';

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    count: { type: 'string' },
  },
});
const seed = Number(values.seed);
const chosen = proofs.filter(
  ({ name }) => values.only === undefined || values.only.split(',').includes(name),
);
if (chosen.length === 0) {
  console.error(`no such proof; there are: ${proofs.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

buildIfOlder();
const rows: string[][] = [];
let failed = 0;
for (const proof of chosen) {
  const share = shareOf(values.share, proof.fullCount);
  if (share === null || (values.share.includes('/') && proof.inParts !== true)) {
    console.error(`${proof.name}: --share takes 0.1${proof.inParts === true ? ' or 2/8' : ''}`);
    process.exit(2);
  }
  const count = values.count === undefined ? share.count : Number(values.count);
  console.log(`· ${proof.name}: ${proof.promise} (${count} of ${proof.fullCount}, seed ${seed})`);
  const began = performance.now();
  const outcome = await proof
    .run({ count, seed, skip: share.skip, say: (text) => console.log(`  ${text}`) })
    .catch((error: unknown) => ({
      passed: false,
      figure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }));
  if (!outcome.passed) failed += 1;
  rows.push([
    outcome.passed ? 'passed' : 'FAILED',
    `npm run prove -- --only ${proof.name} ${values.share.includes('/') ? `--share ${values.share}` : `--count ${count}`} --seed ${seed}`,
    outcome.figure,
    `${((performance.now() - began) / 1000).toFixed(0)} s`,
  ]);
}

console.log(`\nmachine: ${cpus().length} cores ${cpus()[0]?.model ?? '?'}, Node ${process.version}`);
for (const row of rows) console.log(row.join(' | '));
console.log(`\nProofs  ${failed} failed | ${chosen.length - failed} passed (${chosen.length})`);
process.exitCode = failed === 0 ? 0 : 1;
