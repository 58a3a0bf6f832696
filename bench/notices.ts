import type { DeliveryList } from '../contracts/http/deliveries.ts';
import type { Bench } from './figures.ts';
import { besides, ingestBesides, openStormWorld, sleep } from './storm-world.ts';

const OWNERS = 10_000;
const RATE_PER_S = 200;
const AIM_S = 60;
const BEFORE_S = 15;
const GIVEN_UP_MS = 300_000;

/** One breaker, 10,000 owners: planned and handed over, while readings come in and boards are looked at. */
export const notices: Bench = {
  name: 'notices',
  async run(say) {
    const world = await openStormWorld(OWNERS, RATE_PER_S);
    try {
      const without = await world.steadyLoad(BEFORE_S);
      say('without the storm: done');
      const loading = world.steadyLoad(AIM_S);
      await sleep(2_000);
      const began = Date.now();
      const incident = await world.openOutage();
      const planned_ms = await untilPlanned(() =>
        world.session.get<DeliveryList>(`/sites/bench/incidents/${incident}/deliveries?limit=1`),
      );
      const { accepted } = world.double;
      while (accepted.length < OWNERS && Date.now() - began < GIVEN_UP_MS) await sleep(100);
      const took_s = ((accepted.at(-1)?.at ?? Number.NaN) - began) / 1_000;
      const during = await loading;
      return [
        { name: `${OWNERS} notices owed after`, value: `${((planned_ms - began) / 1_000).toFixed(1)} s` },
        {
          name: `${accepted.length} notices planned and handed over, ${RATE_PER_S}/s allowed`,
          value: `${took_s.toFixed(1)} s`,
          aim: `${OWNERS} in ${AIM_S} s`,
          met: accepted.length >= OWNERS && took_s < AIM_S,
        },
        {
          name: 'the fastest second',
          value: `${busiestSecond(accepted)} messages`,
          aim: `at most ${RATE_PER_S * 1.1}`,
          met: busiestSecond(accepted) <= RATE_PER_S * 1.1,
        },
        ingestBesides(without.ingest, during.ingest),
        besides('board', without.board_ms, during.board_ms),
      ];
    } finally {
      await world.close();
    }
  },
};

async function untilPlanned(read: () => Promise<DeliveryList>): Promise<number> {
  for (const until = Date.now() + GIVEN_UP_MS; Date.now() < until; await sleep(200)) {
    const { progress } = await read().catch(() => ({ progress: {} }));
    if (Object.values(progress).reduce((sum, n) => sum + n, 0) >= OWNERS) return Date.now();
  }
  throw new Error('fewer messages are owed than there are owners');
}

function busiestSecond(accepted: readonly { readonly at: number }[]): number {
  let most = 0;
  for (let from = 0, to = 0; to < accepted.length; to += 1) {
    while ((accepted[from]?.at ?? 0) <= (accepted[to]?.at ?? 0) - 1_000) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
