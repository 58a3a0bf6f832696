import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../cli/package-root.ts';
import { readScheme } from '../contracts/scheme.ts';
import { assess } from '../core/compensation/assess.ts';
import type { AssessCase } from '../core/compensation/case.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import type { Bench, Figure } from './figures.ts';

const ASSESSMENTS = 1_000_000;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const LENGTHS_H = [1, 6.5, 13, 37.5, 61];

/** One interruption each, of various lengths, spread over two years: three bands of hours, then a scheme of months, days and deadlines. */
export const assessments: Bench = {
  name: 'assess',
  run(say) {
    const plain = figuresOf('three bands', threeBands(), 60, say, bandCase);
    const calendar = figuresOf('months, started days, due dates', propertyFee(), 300, say, feeCase);
    return Promise.resolve([...plain, ...calendar]);
  },
};

function figuresOf(
  name: string,
  scheme: Scheme,
  aim_s: number,
  say: (text: string) => void,
  caseAt: (i: number) => AssessCase,
): readonly Figure[] {
  say(`${ASSESSMENTS.toLocaleString('en')} assessments by a scheme of ${name}`);
  const before = process.memoryUsage().rss;
  let highest = before;
  let owed = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < ASSESSMENTS; i += 1) {
    const { total, refused } = assess(scheme, caseAt(i));
    if (refused !== null) throw new Error(JSON.stringify(refused));
    if (total.amount !== '0.00') owed += 1;
    if (i % 10_000 === 0) highest = Math.max(highest, process.memoryUsage().rss);
  }
  const took_s = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const busy_s = (user + system) / 1_000_000;
  return [
    {
      name: `${name}, ${ASSESSMENTS.toLocaleString('en')} assessments (${owed.toLocaleString('en')} owed something)`,
      value: `${busy_s.toFixed(1)} s of one core, ${took_s.toFixed(1)} s on the clock`,
      aim: `< ${aim_s} s of one core`,
      met: busy_s < aim_s,
    },
    {
      name: `${name}, memory at most`,
      value: `${mebibytes(highest)} MiB resident (${mebibytes(before)} before)`,
    },
  ];
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function interruptionAt(i: number): AssessCase['interruptions'][number] {
  const from = START + (i % 17_000) * HOUR_MS;
  return {
    id: 'x',
    from,
    to: from + (LENGTHS_H[i % LENGTHS_H.length] ?? 1) * HOUR_MS,
    phases: 'ABC',
    momentary: false,
    operations: 1,
    planned: null,
    cause: null,
    attribution: 'property',
    facts: {},
  };
}

function bandCase(i: number): AssessCase {
  const interruption = interruptionAt(i);
  return {
    premises: {},
    interruptions: [interruption],
    facts: {},
    parameters: {},
    timeZone: 'Asia/Shanghai',
    at: interruption.from + 100 * HOUR_MS,
  };
}

function feeCase(i: number): AssessCase {
  return {
    ...bandCase(i),
    premises: { id: '1201', area_m2: '98.4' },
    parameters: { rate: '2.80', unit: 'started_day' },
  };
}

function threeBands(): Scheme {
  const words = { 'zh-CN': '示例', en: 'example' };
  return read({
    id: 'three-bands',
    title: words,
    source: { title: 'bench', reference: 'bench' },
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    parameters: {},
    reasons: { other_cause: words },
    versions: [
      {
        from: '2000-01-01',
        to: null,
        rules: [
          {
            id: 'duration',
            title: words,
            payer: 'property',
            exclude: [
              { if: { equals: [{ interruption: 'attribution' }, 'force_majeure'] }, reason: 'other_cause' },
            ],
            per: 'interruption',
            amount: {
              bands: {
                of: { elapsed: 'hour' },
                bands: [
                  { below: '12', is: '0' },
                  { from: '12', below: '24', is: '50' },
                  { from: '24', is: '120' },
                ],
              },
            },
            round: { mode: 'half_up', to: '0.01', at: 'part' },
          },
        ],
      },
    ],
  });
}

function propertyFee(): Scheme {
  return read(JSON.parse(readFileSync(join(packageRoot(), 'schemes', 'property-fee.json'), 'utf8')));
}

function read(json: unknown): Scheme {
  const scheme = readScheme(json);
  if (!scheme.ok) throw new Error(JSON.stringify(scheme.faults));
  return scheme.scheme;
}
