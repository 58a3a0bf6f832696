import { COURSE_KINDS } from '../bench/accuracy/course.ts';
import { loadNetwork, NETWORKS } from '../bench/accuracy/networks.ts';
import { runCourses } from '../bench/accuracy/run-courses.ts';
import { type Tally, tallyOf } from '../bench/accuracy/tally.ts';
import type { Proof } from './proof.ts';

/** A round of all kinds has seven faults in six courses: two of them are double, one has none. */
const FAULTS_A_ROUND = 7;
const RIGHT_ROOT = 0.99;
const WRONGLY_LISTED = 0.001;

export const accuracy: Proof = {
  name: 'accuracy',
  promise:
    'seeded faults on every network are all found, at the right root, with the right units; a lost link is no outage',
  fullCount: 500,
  async run({ count, seed, say }) {
    let passed = true;
    const figures: string[] = [];
    for (const name of NETWORKS) {
      if (loadNetwork(name) === null) {
        say(`${name}: skipped, its file is not at hand (../shared/data/networks)`);
        continue;
      }
      const courses = Math.ceil((count * COURSE_KINDS.length) / FAULTS_A_ROUND);
      const scores = await runCourses(
        name,
        Array.from({ length: courses }, (_, i) => (seed - 1) * courses + i + 1),
      );
      for (const score of scores) {
        for (const text of score.complaints)
          say(`npm run bench:accuracy -- --network ${name} --seed ${score.seed}: ${text}`);
      }
      const tally = tallyOf(scores);
      if (!holds(tally)) passed = false;
      figures.push(`${name}: ${figureOf(tally)}`);
    }
    return { passed, figure: figures.join('; ') };
  },
};

function holds(tally: Tally): boolean {
  return (
    tally.outagesOnCommunication === 0 &&
    tally.recall === 1 &&
    // Of a share of the courses one root may be wrong: of fifty faults it is two in a hundred.
    (1 - tally.rightRoot) * tally.faults <= Math.max(1, (1 - RIGHT_ROOT) * tally.faults) + 1e-6 &&
    tally.wronglyListed <= WRONGLY_LISTED &&
    tally.unknownTold === 0
  );
}

function figureOf({ faults, recall, rightRoot, precision, ...tally }: Tally): string {
  return [
    `${faults} faults`,
    `recall ${recall.toFixed(4)}`,
    `right root ${rightRoot.toFixed(4)}`,
    `precision ${precision.toFixed(4)}`,
    `wrongly listed ${(100 * tally.wronglyListed).toFixed(3)} %`,
    `${tally.missedUnits} units missed`,
    `${tally.outagesOnCommunication} outages on communication faults`,
    `${tally.unknownTold} told on unknown`,
  ].join(', ');
}
