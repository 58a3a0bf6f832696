import { removeDirectory } from '../bench/platform-process.ts';
import { judgeNotices } from './notice-result.ts';
import { OWNERS, playNotices } from './notice-round.ts';
import { type Proof, randomFrom } from './proof.ts';

const KILLS_A_ROUND = 20;

export const noticeKill: Proof = {
  name: 'notice-kill',
  promise: `the platform killed with -9 at random moments of a storm of ${OWNERS} owners: at most one accepted message a key, nothing owed left unsent, what nobody knows the end of listed`,
  fullCount: 200,
  async run({ count, seed, say }) {
    const total = { kills: 0, betwixt: 0, accepted: 0, sent: 0, unknown: 0, faults: 0 };
    for (let left = count, round = 0; left > 0; round += 1) {
      const kills = Math.min(KILLS_A_ROUND, left);
      left -= kills;
      const played = await playNotices(kills, randomFrom(seed * 1_000 + round));
      const { sent, unknown, faults } = await judgeNotices(played);
      const accepted = played.double.accepted.length;
      await played.double.close();
      total.kills += kills;
      total.betwixt += played.betwixt;
      total.accepted += accepted;
      total.sent += sent;
      total.unknown += unknown;
      total.faults += faults.length;
      say(
        `round ${round}: ${kills} kills, ${played.betwixt} with messages at the provider; ${accepted} accepted, ${sent} recorded as sent, ${unknown} unknown`,
      );
      for (const fault of faults.slice(0, 20)) say(`  ${fault}`);
      if (faults.length > 0) say(`  look: ${played.directory}`);
      else removeDirectory(played.directory);
    }
    return {
      passed: total.faults === 0,
      figure: `${total.kills} kills, ${total.betwixt} between hand-over and record; ${total.accepted} messages accepted, ${total.sent} recorded, ${total.unknown} unknown and listed, ${total.faults} faults`,
    };
  },
};
