import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sent } from './ingest-process.ts';
import { openIngestWorld, outcomeOf } from './ingest-world.ts';
import { seededRandom } from './seeded-random.ts';
import { smallSite } from './small-site.ts';

const PROCESS = fileURLToPath(new URL('./ingest-process.ts', import.meta.url));
const SITE = 'court';

export interface CrashScenario {
  readonly units: number;
  /** Times each device loses and regains supply. */
  readonly cycles: number;
  readonly kills: number;
  readonly seed: number;
}

/**
 * Every device tells its losses and returns one by one, the next only after the one before is acknowledged, and tells again
 * what was not acknowledged when the process was killed. Gives what the stores hold in the end and what they should.
 */
export async function crashIngest(directory: string, { units, cycles, kills, seed }: CrashScenario) {
  const random = seededRandom(seed);
  const start = Date.now() - units * cycles * 10_000;
  const queues = Array.from({ length: units }, (_, unit) => messagesOf(unit + 1, cycles, start));
  const inFlight = new Map<number, Sent>();
  let acknowledged = 0;
  let child = await startChild();

  function startChild(): Promise<ChildProcess> {
    const started = fork(PROCESS, [directory, SITE, String(units)], { execArgv: ['--import', 'tsx'] });
    return new Promise((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`the ingest ended at its start: ${code}`)));
      started.on('message', (message) => {
        if (message === 'ready') resolve(started);
        else if (typeof message === 'number' && started === child) acknowledge(message);
      });
    });
  }

  function acknowledge(id: number): void {
    const sent = inFlight.get(id);
    if (sent === undefined) return;
    inFlight.delete(id);
    acknowledged += 1;
    sendNext(id % units);
  }

  function sendNext(unit: number): void {
    const next = queues[unit]?.shift();
    if (next === undefined) return;
    const sent = { ...next, id: next.id * units + unit };
    inFlight.set(sent.id, sent);
    child.send(sent);
  }

  const total = units * cycles * 2;
  for (let unit = 0; unit < units; unit++) sendNext(unit);
  for (let kill = 0; kill < kills; kill++) {
    const until = Math.floor((total * (kill + random())) / kills);
    while (acknowledged < until) await new Promise((resolve) => setTimeout(resolve, 1));
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    child = await startChild();
    for (const sent of inFlight.values()) child.send(sent);
  }
  while (acknowledged < total) await new Promise((resolve) => setTimeout(resolve, 5));
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;

  const world = await openIngestWorld(directory, [smallSite(SITE, units)]);
  const settled = await world.ingest.settled(20_000);
  const outcome = await outcomeOf(world.stores, SITE);
  await world.close();
  return { settled, outcome, expected: expectedOf(units, cycles, start) };
}

function messagesOf(n: number, cycles: number, start: number): Sent[] {
  return Array.from({ length: cycles * 2 }, (_, step) => ({
    id: step,
    topic: `relight/${SITE}/m-${n}/event`,
    payload: JSON.stringify({
      ts: tsOf(n, step, start),
      type: step % 2 === 0 ? 'power_lost' : 'power_restored',
    }),
  }));
}

function tsOf(n: number, step: number, start: number): number {
  return start + step * 5_000 + n;
}

function expectedOf(units: number, cycles: number, start: number) {
  const spells = Array.from({ length: units * cycles }, (_, index) => {
    const n = 1 + (index % units);
    const cycle = Math.floor(index / units);
    return { node: `u-${n}`, from: tsOf(n, cycle * 2, start), to: tsOf(n, cycle * 2 + 1, start) };
  });
  return {
    ledger: spells.map((spell) => JSON.stringify({ ...spell, causes: 1 })).sort((a, b) => (a < b ? -1 : 1)),
    incidents: spells.length,
    deliveries: spells.length * 2,
  };
}
