import { crashIngest } from '../test/support/ingest-crash.ts';
import { withDirectory } from '../test/support/journal.ts';
import type { Proof } from './proof.ts';

const KILLS_A_ROUND = 10;

export const ingestKill: Proof = {
  name: 'ingest-kill',
  promise:
    'an ingest killed with -9 at random moments comes to the undisturbed ledger, each notice owed once',
  fullCount: 30,
  async run({ count, seed, say }) {
    let [differing, lines, notices] = [0, 0, 0];
    for (let left = count, round = 0; left > 0; round++) {
      const kills = Math.min(KILLS_A_ROUND, left);
      left -= kills;
      const { settled, outcome, expected } = await withDirectory((directory) =>
        crashIngest(directory, { units: 20, cycles: 50, kills, seed: seed + round }),
      );
      const faults = [
        ...(settled ? [] : ['never came to rest']),
        ...(same(outcome.ledger, expected.ledger) ? [] : [`${outcome.ledger.length} ledger lines differ`]),
        ...(outcome.incidents.length === expected.incidents ? [] : [`${outcome.incidents.length} incidents`]),
        ...(outcome.deliveries.length === expected.deliveries
          ? []
          : [`${outcome.deliveries.length} notices`]),
      ];
      for (const fault of faults) say(`round ${round}: ${fault}`);
      if (faults.length > 0) differing += 1;
      lines += outcome.ledger.length;
      notices += outcome.deliveries.length;
    }
    return {
      passed: differing === 0,
      figure: `${count} kills, ${lines} interruptions, ${notices} notices, ${differing} rounds differ`,
    };
  },
};

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
