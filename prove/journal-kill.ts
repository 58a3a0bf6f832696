import { withDirectory } from '../test/support/journal.ts';
import { crashJournalWriter } from '../test/support/journal-crash.ts';
import { type Proof, randomFrom } from './proof.ts';

const LONGEST_MS = 400;

export const journalKill: Proof = {
  name: 'journal-kill',
  promise: 'a journal whose writer is killed with -9 at random moments loses nothing it acknowledged',
  fullCount: 50,
  run: ({ count, seed, say }) =>
    withDirectory(async (directory) => {
      const random = randomFrom(seed);
      const total = { acknowledged: 0, lost: 0, unacknowledged: 0 };
      for (let run = 0; run < count; run++) {
        const result = await crashJournalWriter(directory, random() * LONGEST_MS, String(run));
        total.acknowledged += result.acknowledged;
        total.lost += result.lost;
        total.unacknowledged += result.unacknowledged;
        if (result.lost > 0)
          say(`kill ${run}: ${result.lost} of ${result.acknowledged} acknowledged are lost`);
      }
      return {
        passed: total.lost === 0 && total.acknowledged > 0,
        figure: `${count} kills, ${total.acknowledged} acknowledged, ${total.lost} lost, ${total.unacknowledged} durable and not yet acknowledged`,
      };
    }),
};
