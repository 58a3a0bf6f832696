import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { drawCourse } from './course.ts';
import { gridOf } from './grid.ts';
import { type BenchNetwork, loadNetwork, NETWORKS } from './networks.ts';
import { linesOf, playCourse } from './play.ts';
import { runCourses } from './run-courses.ts';
import type { Score } from './score.ts';
import { streamOf } from './stream.ts';
import { tableOf } from './tally.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '60' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    network: { type: 'string' },
    write: { type: 'string' },
  },
});

for (const name of values.network?.split(',') ?? NETWORKS) {
  const network = loadNetwork(name);
  if (network === null) {
    console.log(`· ${name}: skipped, its file is not at hand (../shared/data/networks)`);
    continue;
  }
  if (values.seed !== undefined) await playOne(network, Number(values.seed));
  else await playMany(name, Number(values.from), Number(values.seeds));
}

async function playMany(name: string, from: number, count: number): Promise<void> {
  const began = performance.now();
  const scores = await runCourses(
    name,
    Array.from({ length: count }, (_, i) => from + i),
  );
  console.log(`\n· ${name}: ${count} courses in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  console.log(tableOf(scores));
  for (const score of scores) if (score.complaints.length > 0) console.log(verdictOn(name, score));
}

function verdictOn(name: string, { seed, kind, complaints }: Score): string {
  const command = `npm run bench:accuracy -- --network ${name} --seed ${seed}`;
  return [`  ${kind}: ${command}`, ...complaints.map((text) => `    ${text}`)].join('\n');
}

/** One course in full; with --write also as files that `relight replay` takes. */
async function playOne(network: BenchNetwork, seed: number): Promise<void> {
  const profiles = await loadProfiles();
  const grid = gridOf(network.site, profiles);
  const course = drawCourse(grid, seed);
  console.log(
    `· ${network.name}, seed ${seed}, ${course.kind}, until ${new Date(course.until).toISOString()}`,
  );
  for (const { node, side, phases, from, to, hidden } of course.faults)
    console.log(
      `  fault at ${node} ${side} on ${phases}, ${span(from, to)}${hidden ? ', hidden at first' : ''}`,
    );
  for (const { gateway, from, to } of course.links)
    console.log(`  link of ${gateway} lost, ${span(from, to)}`);
  for (const { device, from, to } of course.mutes) console.log(`  ${device} mute, ${span(from, to)}`);
  for (const { device, at } of course.falseGasps)
    console.log(`  false gasp of ${device}, ${new Date(at).toISOString()}`);
  const score = playCourse(grid, profiles, seed);
  console.log(tableOf([score]));
  for (const text of score.complaints) console.log(`    ${text}`);
  if (values.write === undefined) return;
  mkdirSync(values.write, { recursive: true });
  const base = join(values.write, `${network.name}-${seed}`);
  writeFileSync(`${base}.site.json`, `${JSON.stringify(network.file)}\n`);
  writeFileSync(`${base}.events.jsonl`, linesOf(streamOf(grid, course, profiles).events));
  console.log(
    `  npm run -s relight -- replay --site ${base}.site.json --events ${base}.events.jsonl --until ${new Date(course.until).toISOString()} --pretty`,
  );
}

function span(from: number, to: number): string {
  return `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
}
