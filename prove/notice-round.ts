import {
  prepareSite,
  type Session,
  sessionAt,
  signIn,
  temporaryDirectory,
} from '../bench/platform-process.ts';
import { stormSite } from '../bench/storm-site.ts';
import type { DeliveryList } from '../contracts/http/deliveries.ts';
import type { IncidentList } from '../contracts/http/incidents.ts';
import { type Behaviour, createTwilioDouble, type TwilioDouble } from '../test/support/twilio-double.ts';
import { createKillablePlatform } from './killable-platform.ts';
import { freePort } from './short-demo-site.ts';

export const OWNERS = 2_000;
const RATE_PER_S = 120;
/** How long a started platform is let alone at most. */
const UP_MS = 2_500;
/** One kill in so many falls into the start. */
const STARTING = 8;
const COMMAND_MS = 60_000;
const SETTLED_MS = 240_000;

export interface NoticeRound {
  readonly directory: string;
  readonly double: TwilioDouble;
  readonly kills: number;
  /** Kills while the provider was at work on a message: behind the hand-over and before its record. */
  readonly betwixt: number;
  /** Ids of deliveries that the API lists as unknown. */
  readonly listed: ReadonlySet<string>;
  /** Why messages were still on their way in the end; null when none was. */
  readonly unsettled: string | null;
}

/**
 * An outage of all 2,000 owners, opened and later confirmed over by hand, while the provider is slow and at fault and the
 * platform is killed with -9 at moments that `random` chooses. Leaves the data folder as the stopped platform left it; who
 * asks closes the double.
 */
export async function playNotices(kills: number, random: () => number): Promise<NoticeRound> {
  const directory = temporaryDirectory();
  const double = await createTwilioDouble({
    latency_ms: () => random() * 150,
    answerLatency_ms: () => random() * 250,
  });
  double.behave(() => behaviourAt(random()));
  const file = stormSite(OWNERS) as { readonly site: object };
  await prepareSite(directory, { ...file, site: { ...file.site, simulated: false } });
  const httpPort = await freePort();
  const platform = createKillablePlatform(directory, {
    HTTP_PORT: String(httpPort),
    MQTT_PORT: '0',
    PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
    TWILIO_ACCOUNT_SID: double.accountSid,
    TWILIO_AUTH_TOKEN: double.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_API_URL: double.url,
    SMS_RATE_PER_S: String(RATE_PER_S),
  });
  let betwixt = 0;

  async function killAtRandom(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await sleep(random() * UP_MS);
      if (double.atWork() > 0) betwixt += 1;
      await platform.kill();
      const starting = platform.start();
      if (random() * STARTING < 1 && i + 1 < count) {
        await sleep(random() * 1_000);
        await platform.kill();
        i += 1;
        await platform.start();
      } else await starting;
    }
  }

  try {
    await platform.start();
    const { cookie, csrf } = await signIn({ url: platform.url(), directory });
    const session = sessionAt(() => platform.url(), cookie, csrf);
    const incident = await openByHand(session);
    await killAtRandom(Math.ceil(kills / 2));
    await command(session, `/incidents/${incident}/confirm-restored`, { reason: 'power is back' });
    await killAtRandom(Math.floor(kills / 2));
    const unsettled = await untilSettled(session, incident);
    const listed = await listedUnknown(session, incident);
    await platform.stop();
    return { directory, double, kills, betwixt, listed, unsettled };
  } catch (error) {
    await double.close();
    throw error;
  } finally {
    await platform.kill();
  }
}

/** Four of five messages go through; the others meet everything a provider and a line to it can do. */
function behaviourAt(chance: number): Behaviour {
  const faults: readonly (readonly [share: number, behaviour: Behaviour])[] = [
    [0.08, 429],
    [0.03, 500],
    [0.02, 503],
    [0.02, 'lost_500'],
    [0.02, 'reset'],
    [0.01, 'garbage'],
    [0.005, 'reset_before'],
    [0.005, 502],
    [0.002, 'hang'],
    [0.001, 'hang_before'],
  ];
  let below = 0;
  for (const [share, behaviour] of faults) {
    below += share;
    if (chance < below) return behaviour;
  }
  return 'accept';
}

async function openByHand(session: Session): Promise<string> {
  const from = new Date(Date.now() - 60_000).toISOString();
  await command(session, '/incidents', { node: 'M0', from, reason: 'a caller says so' });
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
    const { items } = await session.get<IncidentList>('/sites/bench/incidents?limit=10');
    const [incident] = items;
    if (incident === undefined) continue;
    const { progress } = await deliveriesOf(session, incident.id, 'limit=1');
    if (Object.values(progress).reduce((sum, n) => sum + n, 0) >= OWNERS) return incident.id;
  }
  throw new Error('the outage did not open, or owes fewer messages than it has owners');
}

/** A platform that has just come back may ask to be asked again; the key makes that harmless. */
async function command(session: Session, path: string, body: unknown): Promise<void> {
  const key = { 'idempotency-key': `proof${path.replaceAll('/', '-')}` };
  for (const until = Date.now() + COMMAND_MS; ; await sleep(500)) {
    const status = await session.write('POST', `/sites/bench${path}`, body, key);
    if (status < 300) return;
    if (status !== 503 || Date.now() > until) throw new Error(`${path} answered ${status}`);
  }
}

async function untilSettled(session: Session, incident: string): Promise<string | null> {
  let why = 'nothing was answered';
  const until = Date.now() + SETTLED_MS;
  for (let calm = 0; calm < 3; await sleep(500)) {
    if (Date.now() > until) return why;
    const progress = await deliveriesOf(session, incident, 'limit=1').then(
      (answer) => answer.progress,
      () => null,
    );
    const waiting = progress === null ? 1 : (progress.owed ?? 0) + (progress.claimed ?? 0);
    const total = progress === null ? 0 : Object.values(progress).reduce((sum, n) => sum + n, 0);
    why = `${waiting} of ${total} messages wait`;
    calm = waiting === 0 && total >= 2 * OWNERS ? calm + 1 : 0;
  }
  return null;
}

async function listedUnknown(session: Session, incident: string): Promise<ReadonlySet<string>> {
  const listed = new Set<string>();
  for (let cursor = ''; ; ) {
    const { items, next } = await deliveriesOf(session, incident, `limit=200${cursor}`);
    for (const { id, state } of items) if (state === 'unknown') listed.add(id);
    if (next === null) return listed;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

function deliveriesOf(session: Session, incident: string, query: string): Promise<DeliveryList> {
  return session.get<DeliveryList>(`/sites/bench/incidents/${incident}/deliveries?${query}`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
