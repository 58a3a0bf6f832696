import {
  prepareSite,
  type Session,
  sessionAt,
  signIn,
  temporaryDirectory,
} from '../bench/platform-process.ts';
import type { DeliveryList } from '../contracts/http/deliveries.ts';
import type { IncidentList } from '../contracts/http/incidents.ts';
import type { DarkLine } from '../simulators/truth.ts';
import { createKillablePlatform, type KillablePlatform } from './killable-platform.ts';
import { createEventRecorder, type EventRecorder } from './record-events.ts';
import { freePort, type PlayedSite, SHORT_INTERVAL_S, shortDemoSite } from './short-demo-site.ts';
import { type Confirmed, type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts';

/** The breaker that trips: the riser of building 7, entrance B. */
export const TRIPPED = 'R-7B';
const TRIP_S = SHORT_INTERVAL_S + 10;
const RESTORE_S = TRIP_S + 25;
/** From the start of the simulator; an undisturbed round ends about here. */
const LAST_KILL_S = RESTORE_S + 25;
const ROUND_MS = 240_000;

export interface PlayedRound {
  readonly directory: string;
  readonly played: PlayedSite;
  readonly trippedAt: number;
  readonly restoredAt: number;
  readonly truth: readonly DarkLine[];
  readonly confirmed: readonly Confirmed[];
  /** Seconds after the start of the simulator, and whether the platform was serving then. */
  readonly kills: readonly string[];
  /** What it consumed, for `relight replay`. */
  readonly events: string;
  /** Why the round never came to rest; null when it did. */
  readonly unsettled: string | null;
}

/**
 * One outage from trip to closure, watched by the built platform, which is killed with -9 at the moments that `random`
 * chooses and started again at once. Leaves the data folder as the stopped platform left it.
 */
export async function playRound(kills: number, random: () => number, seed: string): Promise<PlayedRound> {
  const directory = temporaryDirectory();
  const [mqttPort, modbusPort] = [await freePort(), await freePort()];
  const played = shortDemoSite(modbusPort);
  const secrets = await prepareSite(directory, played.file);
  const platform = createKillablePlatform(directory, { MQTT_PORT: String(mqttPort) });
  const recorder = createEventRecorder(directory);
  let simulator: SimulatorProcess | undefined;
  try {
    await platform.start();
    const { cookie } = await signIn({ url: platform.url(), directory });
    const session = sessionAt(() => platform.url(), cookie, '');
    simulator = await startSimulatorProcess({
      ...{ directory, played, secrets, mqttPort, modbusPort, seed },
      scenario: {
        id: 'trip-and-restore',
        title: `${TRIPPED} trips and returns`,
        steps: [
          { at_s: TRIP_S, do: { action: 'trip', node: TRIPPED } },
          { at_s: RESTORE_S, do: { action: 'restore', node: TRIPPED } },
        ],
      },
    });
    const killed = await killAtRandom(platform, recorder, simulator.startedAt, kills, random);
    const unsettled = await untilSettled(session, played.site.site.id);
    await simulator.stop();
    await drained(session);
    await platform.stop();
    await recorder.collect();
    return {
      ...{ directory, played, kills: killed, unsettled, events: recorder.write() },
      trippedAt: simulator.acted('trip') ?? 0,
      restoredAt: simulator.acted('restore') ?? 0,
      truth: simulator.truth(),
      confirmed: simulator.confirmed(),
    };
  } finally {
    await simulator?.stop();
    await platform.kill();
  }
}

async function killAtRandom(
  platform: KillablePlatform,
  recorder: EventRecorder,
  startedAt: number,
  kills: number,
  random: () => number,
): Promise<string[]> {
  const from_s = TRIP_S - 5;
  const moments = Array.from({ length: kills }, () => from_s + random() * (LAST_KILL_S - from_s));
  const killed: string[] = [];
  let starting: Promise<void> = Promise.resolve();
  for (const moment_s of moments.sort((a, b) => a - b)) {
    await sleep(Math.max(0, startedAt + moment_s * 1_000 - Date.now()));
    killed.push(`${moment_s.toFixed(1)}${platform.isServing() ? '' : ' (starting)'}`);
    await platform.kill();
    await recorder.collect();
    starting = platform.start();
  }
  await starting;
  await sleep(Math.max(0, startedAt + RESTORE_S * 1_000 - Date.now()));
  return killed;
}

/** Until no incident is open and no message is on its way. */
async function untilSettled(session: Session, site: string): Promise<string | null> {
  const until = Date.now() + ROUND_MS;
  let why = 'no incident at all';
  for (let calm = 0; calm < 5; ) {
    if (Date.now() > until) return why;
    await sleep(1_000);
    const reason = await whatIsOpen(session, site).catch((error: unknown) => String(error));
    calm = reason === null ? calm + 1 : 0;
    if (reason !== null) why = reason;
  }
  return null;
}

async function whatIsOpen(session: Session, site: string): Promise<string | null> {
  const { items } = await session.get<IncidentList>(`/sites/${site}/incidents?limit=100`);
  if (items.length === 0) return 'no incident at all';
  for (const { id, root, kind, state, closedAt } of items) {
    if (closedAt === null && state !== 'merged' && state !== 'retracted')
      return `${kind} incident at ${root} is not closed`;
    const path = `/sites/${site}/incidents/${id}/deliveries?limit=1`;
    const { progress } = await session.get<DeliveryList>(path);
    const waiting = (progress.owed ?? 0) + (progress.claimed ?? 0);
    if (waiting > 0) return `${waiting} messages wait`;
  }
  return null;
}

/** Until everything confirmed was stored: both readers of the journal stand near its end. */
async function drained(session: Session): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(250)) {
    const status = await session.get<{ readers: { records: number }[] }>('/ingest').catch(() => null);
    if (status?.readers.every(({ records }) => records < 5)) return;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
