import { createModbusSource } from '../adapters/modbus/modbus-source.ts';
import { createResponseCheck } from '../adapters/modbus/response-check.ts';
import { decodeRegisters } from '../core/readings/modbus-registers.ts';
import sdm120 from '../profiles/eastron-sdm120.ts';
import { deviceOf, directoryOf, recordingIntake, siteOf } from '../test/support/broker-world.ts';
import { createHostileAnswers } from '../test/support/hostile-frames.ts';
import { startModbusServer } from '../test/support/modbus-server.ts';
import { createLogBook, createMeter, realClock } from '../test/support/quiet.ts';
import { type Proof, randomFrom } from './proof.ts';

const READ_INPUT = 4;
/** How long real meters on real sockets answer like that, at most. */
const LIVE_MS = 30_000;
const UNITS = 40;

export const hostileModbus: Proof = {
  name: 'hostile-modbus',
  promise:
    'random and mutated Modbus answers: none passes but a fitting one, each refused one is counted by reason, the poller and its other meters go on',
  fullCount: 100_000,
  async run({ count, seed, say }) {
    const verdicts = judgeFrames(count, randomFrom(seed));
    for (const [verdict, n] of [...verdicts].sort(([a], [b]) => (a < b ? -1 : 1))) say(`  ${verdict}: ${n}`);
    const judged = [...verdicts.values()].reduce((total, n) => total + n, 0);
    const live = await playLive(count, randomFrom(seed + 1));
    say(
      `live: ${live.answers} answers, ${live.badFrames} bad frames counted, ${live.rebuilt} connections rebuilt`,
    );
    const refused = judged - (verdicts.get('passed') ?? 0) - (verdicts.get('waits for more') ?? 0);
    return {
      passed:
        judged === count &&
        live.badFrames === live.rebuilt &&
        live.badFrames > 0 &&
        live.neighbour &&
        live.onlyOurs,
      figure: `${count} frames, ${refused} refused by ${verdicts.size - 2} reasons; over sockets ${live.answers} more, ${live.badFrames} bad ones counted, the neighbour ${live.neighbour ? 'went on' : 'STOPPED'}`,
    };
  },
};

/** Every frame to a check of its own, and what passes to the decoder of registers. */
function judgeFrames(count: number, random: () => number): Map<string, number> {
  const verdicts = new Map<string, number>();
  const answer = createHostileAnswers(random);
  const request = Buffer.from([1, 2, 0, 0, 0, 6, 7, READ_INPUT, 0, 0, 0, 20]);
  const asked = { transaction: 0x0102, unit: 7, function: READ_INPUT, count: 20 };
  const tally = (verdict: string) => verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  for (let n = 0; n < count; n++) {
    const check = createResponseCheck();
    check.ask(asked);
    const frames = check.take(answer(request));
    if (typeof frames === 'string') tally(frames);
    else if (frames.length === 0) tally('waits for more');
    else tally('passed');
    if (typeof frames !== 'string') for (const frame of frames) decode(frame);
  }
  return verdicts;
}

function decode(frame: Buffer): void {
  if (frame.readUInt16BE(0) !== 0x0102 || frame[6] !== 7) throw new Error('a foreign answer passed');
  if (sdm120.modbus === undefined) throw new Error('the profile has no registers');
  const values = decodeRegisters(sdm120.modbus, [{ address: 0, bytes: frame.subarray(9) }]);
  if (Object.values(values).some((value) => !Number.isFinite(value))) throw new Error('a value is no number');
}

/** One good meter among hostile ones behind one address, polled by the real source over real sockets. */
async function playLive(count: number, random: () => number) {
  const server = await startModbusServer();
  const intake = recordingIntake();
  const meter = createMeter();
  const devices = Array.from({ length: UNITS }, (_, n) =>
    deviceOf(`m${n + 1}`, {
      ...{
        address: `modbus://127.0.0.1:${server.port}/${n + 1}`,
        profile: 'sdm120',
        interval_s: 0.1,
        via: 'gw',
      },
    }),
  );
  const source = createModbusSource({
    sites: directoryOf(siteOf('s1', devices, [{ id: 'gw', poweredBy: null, via: null }])),
    profiles: new Map([['sdm120', sdm120]]),
    ...{
      intake,
      clock: realClock,
      log: createLogBook(),
      telemetry: meter,
      deadline_ms: 40,
      probeDeadline_ms: 10,
    },
  });
  const answer = createHostileAnswers(random);
  let answers = 0;
  for (let unit = 2; unit <= UNITS; unit += 1) {
    const bytes = (request: Buffer) => {
      answers += 1;
      return answer(request);
    };
    server.behaviours.set(unit, { kind: 'raw', bytes });
  }
  const heard = () => intake.topics().filter((topic) => topic === 'relight/s1/m1/telemetry').length;
  const sum = (name: string) =>
    [...meter.counts].reduce((total, [key, n]) => (key.startsWith(name) ? total + n : total), 0);
  try {
    await source.start();
    await waitFor(() => answers >= count, LIVE_MS);
    for (let unit = 2; unit <= UNITS; unit += 1) server.behaviours.set(unit, { kind: 'silent' });
    const before = heard();
    const neighbour = await waitFor(() => heard() > before + 2, 10_000);
    return {
      answers,
      neighbour,
      badFrames: sum('relight_modbus_bad_frames_total'),
      rebuilt: sum('relight_modbus_rebuilt_total{reason="bad_frame"}'),
      onlyOurs: intake.topics().every((topic) => /^relight\/s1\/(m\d+|gw)\/(telemetry|status)$/.test(topic)),
    };
  } finally {
    await source.stop();
    await server.stop();
  }
}

async function waitFor(condition: () => boolean, within_ms: number): Promise<boolean> {
  for (const until = Date.now() + within_ms; Date.now() < until; ) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}
