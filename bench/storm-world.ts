import type { IncidentList } from '../contracts/http/incidents.ts';
import { createTwilioDouble, type TwilioDouble } from '../test/support/twilio-double.ts';
import { quantileOf } from './figures.ts';
import type { LoadClient, LoadResult } from './load.ts';
import {
  type PlatformProcess,
  prepareSite,
  removeDirectory,
  type Session,
  signIn,
  startPlatform,
  temporaryDirectory,
} from './platform-process.ts';
import { loadBeside } from './run-load.ts';
import { BEHIND_MAIN, stormSite } from './storm-site.ts';

/** Meters outside the outage, which go on reporting. */
const REPORTING = 500;
const INGEST_PER_S = 500;
const BOARD_PER_S = 20;
const PROVIDER_MS = 80;

/** The built platform over a site of which one breaker can go dark, with a provider beside it. */
export interface StormWorld {
  readonly platform: PlatformProcess;
  readonly session: Session;
  readonly double: TwilioDouble;
  /** Steady readings and looks at the board for that long. */
  steadyLoad(seconds: number): Promise<SteadyFigures>;
  /** By hand at the breaker over the owners; resolves when it is open. */
  openOutage(): Promise<string>;
  close(): Promise<void>;
}

export interface SteadyFigures {
  readonly ingest: LoadResult;
  readonly board_ms: readonly number[];
}

export async function openStormWorld(owners: number, rate_per_s: number): Promise<StormWorld> {
  const directory = temporaryDirectory();
  const double = await createTwilioDouble({ answerLatency_ms: () => PROVIDER_MS });
  const httpPort = 20_000 + Math.floor(Math.random() * 10_000);
  const file = quietAfter(owners);
  const secrets = await prepareSite(directory, file);
  const platform = await startPlatform({
    directory,
    env: {
      HTTP_PORT: String(httpPort),
      PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
      TRUST_PROXY: 'true',
      BOARD: 'false',
      TWILIO_ACCOUNT_SID: double.accountSid,
      TWILIO_AUTH_TOKEN: double.authToken,
      TWILIO_FROM: '+15005550006',
      TWILIO_API_URL: double.url,
      SMS_RATE_PER_S: String(rate_per_s),
      ...Object.fromEntries(
        ['HOUR', 'DAY', 'INCIDENT'].map((span) => [`SEGMENTS_PER_${span}`, String(owners * 20)]),
      ),
    },
  });
  const session = await signIn(platform);
  const clients = Array.from({ length: REPORTING }, (_, i): LoadClient => {
    const device = `m${BEHIND_MAIN + i}`;
    return {
      username: `bench/${device}`,
      password: secrets.get(device) ?? '',
      topic: `relight/bench/${device}/telemetry`,
    };
  });

  return {
    platform,
    session,
    double,
    async steadyLoad(seconds) {
      const board_ms: number[] = [];
      const looking = lookAtBoard(session, seconds, board_ms);
      const ingest = await loadBeside({
        port: platform.mqttPort,
        clients,
        window: 4,
        rate_per_s: INGEST_PER_S,
        duration_s: seconds,
        connectsPerSecond: 500,
      });
      await looking;
      return { ingest, board_ms };
    },
    async openOutage() {
      const from = new Date(Date.now() - 60_000).toISOString();
      const body = { node: 'M0', from, reason: 'a caller says so' };
      const key = { 'idempotency-key': 'bench-outage' };
      const status = await session.write('POST', '/sites/bench/incidents', body, key);
      if (status >= 300) throw new Error(`opening the outage was answered ${status}`);
      for (;;) {
        const list = await session.get<IncidentList>('/sites/bench/incidents?limit=1').catch(() => null);
        const incident = list?.items[0];
        if (incident !== undefined) return incident.id;
        await sleep(50);
      }
    },
    async close() {
      await platform.stop();
      await double.close();
      removeDirectory(directory);
    },
  };
}

/** Only the first `owners` units have an owner; the breaker over them feeds as many units whoever owns them. */
function quietAfter(owners: number): unknown {
  const file = stormSite(BEHIND_MAIN + REPORTING) as {
    site: object;
    premises: readonly { owner: object }[];
  };
  return {
    ...file,
    site: { ...file.site, simulated: false },
    premises: file.premises.map((premises, n) => (n < owners ? premises : { ...premises, owner: null })),
  };
}

/** What a board asks for, some times a second, whether or not the answer before came. */
async function lookAtBoard(session: Session, seconds: number, took_ms: number[]): Promise<void> {
  const paths = ['/sites/bench/incidents?limit=20', '/sites', '/ingest'];
  const waiting: Promise<void>[] = [];
  for (let n = 0; n < seconds * BOARD_PER_S; n += 1) {
    const began = performance.now();
    const path = paths[n % paths.length] ?? '';
    // Turned away under pressure is an answer too, only not a good one; the time says so.
    const answered = () => void took_ms.push(performance.now() - began);
    waiting.push(session.get(path).then(answered, answered));
    await sleep(1_000 / BOARD_PER_S);
  }
  await Promise.all(waiting);
}

export function besides(
  what: string,
  without: readonly number[],
  during: readonly number[],
  when = 'the storm',
) {
  const at = (values: readonly number[], share: number) => quantileOf(values, share).toFixed(1);
  return {
    name: `${what} p50 / p99, before → during ${when}`,
    value: `${at(without, 0.5)} / ${at(without, 0.99)} → ${at(during, 0.5)} / ${at(during, 0.99)} ms`,
  };
}

export function ingestBesides(without: LoadResult, during: LoadResult, when = 'the storm') {
  const of = ({ p50_ms, p99_ms }: LoadResult) => `${p50_ms.toFixed(1)} / ${p99_ms.toFixed(1)}`;
  return {
    name: `publish to PUBACK p50 / p99 at ${INGEST_PER_S} messages/s, before → during ${when}`,
    value: `${of(without)} → ${of(during)} ms`,
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
