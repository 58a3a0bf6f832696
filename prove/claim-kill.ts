import { removeDirectory } from '../bench/platform-process.ts';
import { createClaimClient } from './claim-client.ts';
import { openStores, SITE, seedClaimWorld } from './claim-world.ts';
import { createKillableServer } from './killable-server.ts';
import { type Proof, randomFrom } from './proof.ts';

/** Claims of one incident; one kill for each incident makes 200 kills over 2,000 claims. */
const PREMISES = 10;
/** A kill falls this long after the server serves, at most: some work then gets done between two. */
const WORK_MS = 400;
/** Incidents the client may be ahead of the kills, so that none falls on idle ground. */
const AHEAD = 2;

export const claimKill: Proof = {
  name: 'claim-kill',
  promise:
    'settlement and API killed with -9 at random moments of assess, approve and pay: no claim lost, no money moved twice, the books sum to zero',
  fullCount: 200,
  async run({ count, seed, say }) {
    const random = randomFrom(seed);
    const { directory, headers, incidents } = await seedClaimWorld(count, PREMISES);
    const server = createKillableServer(directory);
    const client = createClaimClient(server.url, headers, random);
    const faults: string[] = [];
    let kills = 0;
    let settled = 0;

    async function killing(): Promise<void> {
      while (kills < count && settled < incidents.length) {
        await new Promise((resolve) => setTimeout(resolve, random() * WORK_MS));
        await server.kill();
        kills += 1;
        await server.start();
      }
    }

    async function paying(): Promise<void> {
      await client.contribute('1000000.00');
      for (const [i, incident] of incidents.entries()) {
        while (kills < count && i > kills + AHEAD) await new Promise((resolve) => setTimeout(resolve, 5));
        const { approved, booked } = await client.settle(incident);
        // A result that was booked before the kill is answered by what was kept with its key.
        if (approved !== PREMISES || booked !== PREMISES)
          faults.push(`${incident}: ${approved} approved, ${booked} booked`);
        settled += 1;
      }
    }

    await server.start();
    await Promise.all([killing(), paying()]).finally(() => server.close());
    const books = await readBooks(directory, incidents.length * PREMISES);
    faults.push(...books.faults);
    for (const fault of faults.slice(0, 30)) say(`DIFFERS: ${fault}`);
    if (faults.length === 0) removeDirectory(directory);
    else say(`look: ${directory}`);
    return {
      passed: faults.length === 0,
      figure: `${kills} kills over ${books.claims} claims: ${books.paid} paid once, ${books.entries} entries sum to ${books.sum_minor}, ${client.retries()} tries without an answer, ${faults.length} faults`,
    };
  },
};

/** What stands in the data folder when all is over, compared with what must. */
async function readBooks(directory: string, expected: number) {
  const stores = await openStores(directory);
  try {
    const { faults: broken, entries, sum_minor } = await stores.fund.verify(SITE);
    const totals = await stores.claims.totals(SITE);
    const claims = totals.reduce((sum, one) => sum + one.count, 0);
    const paid = totals.find(({ state }) => state === 'paid');
    const arrived = await stores.fund.balance(SITE, 'paid');
    const inChain = await stores.audit.verify(SITE);
    const differs = (what: string, is: number, must: number) =>
      is === must ? [] : [`${what}: ${is}, not ${must}`];
    return {
      claims,
      entries,
      sum_minor,
      paid: paid?.count ?? 0,
      faults: [
        ...broken.map(({ code, subject }) => `${code} ${subject}`),
        ...differs('claims', claims, expected),
        ...differs('paid claims', paid?.count ?? 0, expected),
        ...differs('money that arrived', arrived, paid?.sum_minor ?? 0),
        // One contribution; each claim is approved, exported and booked.
        ...differs('entries', entries, 1 + 3 * expected),
        ...differs('money under way', await stores.fund.balance(SITE, 'suspense'), 0),
        ...(inChain === null ? [] : [`the audit chain breaks at ${inChain}`]),
      ],
    };
  } finally {
    await stores.close();
  }
}
