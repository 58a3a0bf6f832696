import { type Bench, quantileOf } from './figures.ts';
import { besides, ingestBesides, openStormWorld, type StormWorld, sleep } from './storm-world.ts';

const OWNERS = 2_000;
const RATE_PER_S = 200;
const WITHIN_S = 60;
const BEFORE_S = 15;
const AIM_MS = 500;

/**
 * The outage is the peak: every owner opens their page in the minute in which they are told. The same storm is played
 * before without them, so that what they add is told apart from what the storm itself costs.
 */
export const peak: Bench = {
  name: 'peak',
  async run(say) {
    const alone = await storm(async () => null);
    say('the storm without owners: done');
    const { opened, during, without } = await storm(({ platform, double }) =>
      openPages(platform.url, double.accepted),
    );
    const { took_ms, statuses } = opened;
    say(`answers: ${[...statuses].map(([status, n]) => `${n} × ${status}`).join(', ')}`);
    const p95 = quantileOf(took_ms, 0.95);
    return [
      {
        name: `${took_ms.length} owners open their page within ${WITHIN_S} s, p50 / p95 / p99`,
        value: `${[0.5, 0.95, 0.99].map((share) => quantileOf(took_ms, share).toFixed(1)).join(' / ')} ms`,
        aim: `p95 < ${AIM_MS} ms`,
        met: p95 < AIM_MS && (statuses.get(200) ?? 0) === OWNERS,
      },
      ingestBesides(without.ingest, alone.during.ingest, 'the storm alone'),
      ingestBesides(without.ingest, during.ingest, 'the storm with its owners'),
      besides('board', without.board_ms, alone.during.board_ms, 'the storm alone'),
      besides('board', without.board_ms, during.board_ms, 'the storm with its owners'),
    ];
  },
};

async function storm<T>(meanwhile: (world: StormWorld) => Promise<T>) {
  const world = await openStormWorld(OWNERS, RATE_PER_S);
  try {
    const without = await world.steadyLoad(BEFORE_S);
    const loading = world.steadyLoad(WITHIN_S + 5);
    await world.openOutage();
    const opened = await meanwhile(world);
    return { opened, without, during: await loading };
  } finally {
    await world.close();
  }
}

/** The address of the data of an owner's page, from the link in the message; null for a message to staff. */
function pageOf(url: string, body: string): string | null {
  const token = /\/o\/([\w.~-]+)/.exec(body)?.[1];
  return token === undefined ? null : `${url}/api/v1/o/${token}`;
}

/** Each owner as soon as the message is there, spread over the minute, from an address of their own. */
async function openPages(url: string, accepted: readonly { readonly body: string }[]) {
  const took_ms: number[] = [];
  const statuses = new Map<number, number>();
  const waiting: Promise<void>[] = [];
  const pages: string[] = [];
  const began = Date.now();
  let read = 0;

  function readMessages(): void {
    for (; read < accepted.length; read += 1) {
      const page = pageOf(url, accepted[read]?.body ?? '');
      if (page !== null) pages.push(page);
    }
  }

  async function open(n: number, page: string): Promise<void> {
    const address = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    const since = performance.now();
    const answer = await fetch(page, { headers: { 'x-forwarded-for': address } });
    await answer.arrayBuffer();
    took_ms.push(performance.now() - since);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  }

  for (let n = 0; n < OWNERS; n += 1) {
    const due = began + (n * WITHIN_S * 1_000) / OWNERS;
    if (due > Date.now()) await sleep(due - Date.now());
    for (readMessages(); pages.length <= n && Date.now() - began < 2 * WITHIN_S * 1_000; readMessages())
      await sleep(20);
    const page = pages[n];
    if (page !== undefined) waiting.push(open(n, page));
  }
  await Promise.all(waiting);
  return { took_ms, statuses };
}
