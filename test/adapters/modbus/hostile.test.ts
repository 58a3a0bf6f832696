import { afterEach, expect, test } from 'vitest';
import { createModbusSource, type ModbusSource } from '../../../adapters/modbus/modbus-source.ts';
import sdm120 from '../../../profiles/eastron-sdm120.ts';
import { deviceOf, directoryOf, recordingIntake, siteOf, until } from '../../support/broker-world.ts';
import { createHostileAnswers, goodAnswer } from '../../support/hostile-frames.ts';
import { frameFor, type ModbusServer, startModbusServer } from '../../support/modbus-server.ts';
import { createLogBook, createMeter, realClock } from '../../support/quiet.ts';
import { seededRandom } from '../../support/seeded-random.ts';

let server: ModbusServer;
let source: ModbusSource;
let intake: ReturnType<typeof recordingIntake>;
let meter: ReturnType<typeof createMeter>;
afterEach(async () => {
  await source.stop();
  await server.stop();
});

async function start(units: number, deadline_ms = 40): Promise<void> {
  server = await startModbusServer();
  intake = recordingIntake();
  meter = createMeter();
  const devices = Array.from({ length: units }, (_, n) =>
    deviceOf(`m${n + 1}`, {
      address: `modbus://127.0.0.1:${server.port}/${n + 1}`,
      profile: 'sdm120',
      interval_s: 0.1,
      via: 'gw',
    }),
  );
  source = createModbusSource({
    sites: directoryOf(siteOf('s1', devices, [{ id: 'gw', poweredBy: null, via: null }])),
    profiles: new Map([['sdm120', sdm120]]),
    intake,
    clock: realClock,
    log: createLogBook(),
    telemetry: meter,
    deadline_ms,
    probeDeadline_ms: 10,
  });
  await source.start();
}

const changed = (request: Buffer, change: (frame: Buffer) => void) => {
  const frame = goodAnswer(request);
  change(frame);
  return frame;
};

test.each([
  [
    'unasked',
    (request: Buffer) => changed(request, (frame) => frame.writeUInt16BE(frame.readUInt16BE(0) ^ 0x5555, 0)),
  ],
  ['wrong_protocol', (request: Buffer) => changed(request, (frame) => frame.writeUInt16BE(1, 2))],
  ['wrong_length', (request: Buffer) => changed(request, (frame) => frame.writeUInt16BE(0xffff, 4))],
  ['wrong_length', (request: Buffer) => changed(request, (frame) => frame.writeUInt16BE(0, 4))],
  ['wrong_unit', (request: Buffer) => changed(request, (frame) => frame.writeUInt8(99, 6))],
  ['wrong_function', (request: Buffer) => changed(request, (frame) => frame.writeUInt8(6, 7))],
  ['wrong_byte_count', (request: Buffer) => changed(request, (frame) => frame.writeUInt8(2, 8))],
  ['wrong_byte_count', (request: Buffer) => frameFor(request, Buffer.from([4, 3, 1, 2, 3]))],
  ['wrong_protocol', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['unasked', (request: Buffer) => Buffer.concat([goodAnswer(request), goodAnswer(request)])],
])('a frame with %s: counted, the connection is rebuilt, the neighbour goes on', async (fault, bytes) => {
  await start(2);
  server.behaviours.set(1, { kind: 'raw', bytes });
  await until(() => (meter.counts.get(`relight_modbus_bad_frames_total{reason="${fault}"}`) ?? 0) > 0);
  const before = intake.topics().filter((topic) => topic === 'relight/s1/m2/telemetry').length;
  await until(
    () => intake.topics().filter((topic) => topic === 'relight/s1/m2/telemetry').length >= before + 3,
  );
  expect(server.connections()).toBeGreaterThan(1);
});

test('an answer in pieces is an answer', async () => {
  await start(1, 2_000);
  server.behaviours.set(1, { kind: 'values', pieces_bytes: 5 });
  await until(() => intake.topics().includes('relight/s1/m1/telemetry'));
  expect(meter.counts.get('relight_modbus_reads_total{outcome="values"}')).toBeGreaterThanOrEqual(2);
});

test('an exception code that nobody defined is an exception', async () => {
  await start(1);
  server.behaviours.set(1, { kind: 'exception', code: 0x77 });
  await until(() => intake.topics().filter((topic) => topic === 'relight/s1/m1/telemetry').length >= 2);
  expect(server.connections()).toBe(1);
});

test('10,000 random and mutated answers: no crash, each fault counted, no value from nowhere', async () => {
  await start(40);
  const random = seededRandom(42);
  const answer = createHostileAnswers(random);
  let sent = 0;
  const hostile = (request: Buffer): Buffer => {
    sent += 25;
    return Buffer.concat(Array.from({ length: 25 }, () => answer(request)));
  };
  for (let unit = 2; unit <= 40; unit += 1) server.behaviours.set(unit, { kind: 'raw', bytes: hostile });
  await until(() => sent >= 10_000, 18_000);
  for (let unit = 2; unit <= 40; unit += 1) server.behaviours.set(unit, { kind: 'silent' });
  const before = intake.topics().filter((topic) => topic === 'relight/s1/m1/telemetry').length;
  await until(
    () => intake.topics().filter((topic) => topic === 'relight/s1/m1/telemetry').length > before + 2,
  );
  const faults = [...meter.counts].filter(([key]) => key.startsWith('relight_modbus_bad_frames_total'));
  expect(faults.length).toBeGreaterThanOrEqual(4);
  expect(intake.topics().every((topic) => /^relight\/s1\/(m\d+|gw)\/(telemetry|status)$/.test(topic))).toBe(
    true,
  );
}, 30_000);
