import { removeDirectory } from '../bench/platform-process.ts';
import { faultsOf, shapeOf } from './outage-faults.ts';
import { type OutageResult, readResult } from './outage-result.ts';
import { type PlayedRound, playRound, TRIPPED } from './outage-round.ts';
import { type Proof, randomFrom } from './proof.ts';
import { unitsBelow } from './short-demo-site.ts';

const KILLS_A_ROUND = 4;

export const kill: Proof = {
  name: 'kill',
  promise:
    'the platform killed with -9 at random moments of an outage comes to the undisturbed result, tells nobody twice and loses nothing it confirmed',
  fullCount: 20,
  async run({ count, seed, say }) {
    const random = randomFrom(seed);
    let undisturbed: readonly string[] | null = null;
    const total = { kills: 0, faulty: 0, messages: 0, unknown: 0, confirmed: 0, lost: 0 };
    for (let left = count, round = 0; round === 0 || left > 0; round++) {
      const kills: number = round === 0 ? 0 : Math.min(KILLS_A_ROUND, left);
      left -= kills;
      const played = await playRound(kills, random, `kill ${seed}`);
      const { site } = played.played.site;
      const result = await readResult(played.directory, site.id, played.confirmed);
      const faults = [
        ...(played.unsettled === null ? [] : [`never came to rest: ${played.unsettled}`]),
        ...faultsOf(result, expectedOf(played, undisturbed)),
      ];
      undisturbed ??= shapeOf(result);
      total.kills += kills;
      total.faulty += faults.length > 0 ? 1 : 0;
      total.messages += result.handedOver.length;
      total.unknown += result.deliveries.filter(({ state }) => state === 'unknown').length;
      total.confirmed += played.confirmed.length;
      total.lost += result.lost.length;
      say(
        `round ${round}, killed at ${played.kills.join(', ') || 'no moment'} s: ${inWords(result, played)}`,
      );
      for (const fault of faults.slice(0, 30)) say(`  DIFFERS: ${fault}`);
      if (faults.length > 0)
        say(`  look: relight replay --site ${played.directory}/played.site.json --events ${played.events}`);
      else removeDirectory(played.directory);
    }
    return {
      passed: total.faulty === 0,
      figure: `${total.kills} kills, ${total.faulty} rounds differ; ${total.messages} messages handed over, ${total.unknown} left to a person; ${total.confirmed} readings confirmed, ${total.lost} lost`,
    };
  },
};

function expectedOf({ played, truth }: PlayedRound, undisturbed: readonly string[] | null) {
  const units = unitsBelow(played.site, TRIPPED);
  const below = new Set(units);
  const premises = played.site.nodes.flatMap((node) =>
    node.premises !== undefined && below.has(node.id) ? [node.premises] : [],
  );
  return { root: TRIPPED, units, truth, premises, undisturbed };
}

function inWords(result: OutageResult, { trippedAt, restoredAt, confirmed }: PlayedRound): string {
  const incidents = result.incidents.map(({ kind, root, state, affected, detectedAt, closedAt }) => {
    const closed = closedAt === null ? 'open' : `closed ${seconds(closedAt - restoredAt)} s after the return`;
    return `${kind} at ${root} ${state}, ${affected.length} units, detected ${seconds(detectedAt - trippedAt)} s after the trip, ${closed}`;
  });
  const states = new Map<string, number>();
  for (const { stage, state } of result.deliveries)
    states.set(`${stage} ${state}`, (states.get(`${stage} ${state}`) ?? 0) + 1);
  const notices = [...states].map(([what, n]) => `${n} ${what}`).join(', ');
  return `${incidents.join('; ')}; notices: ${notices}; ${result.ledger.length} interruptions; ${result.estimates.length} estimates; ${confirmed.length} readings confirmed, ${result.lost.length} lost`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
