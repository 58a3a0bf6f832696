import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { buildIfOlder } from '../scripts/build-if-older.mjs';
import { assessments } from './assess.ts';
import { detection } from './detection.ts';
import { endToEnd } from './end-to-end.ts';
import type { Figure } from './figures.ts';
import { history } from './history.ts';
import { memory } from './memory.ts';
import { notices } from './notices.ts';
import { paint } from './paint.ts';
import { peak } from './peak.ts';

const benches = [detection, memory, endToEnd, assessments, notices, peak, history, paint];
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    /** Ends with 1 where an aim is missed: for the few figures with so much room that a busy machine does not matter. */
    strict: { type: 'boolean', default: false },
  },
});
const chosen = benches.filter(
  ({ name }) => values.only === undefined || values.only.split(',').includes(name),
);
if (chosen.length === 0) {
  console.error(`no such bench; there are: ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

buildIfOlder();
console.log(
  `machine: ${cpus().length} cores ${cpus()[0]?.model ?? '?'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, ${commit()}`,
);
for (const bench of chosen) {
  console.log(
    `· ${bench.name} (load before: ${loadavg()
      .map((value) => value.toFixed(1))
      .join(' ')})`,
  );
  for (const figure of await bench.run((text) => console.log(`  ${text}`))) {
    console.log(`  ${lineOf(figure)}`);
    if (values.strict && figure.met === false) process.exitCode = 1;
  }
}

function lineOf({ name, value, aim, met }: Figure): string {
  return `${name}: ${value}${aim === undefined ? '' : ` (aim ${aim}: ${met ? 'met' : 'MISSED'})`}`;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'no git';
  }
}
