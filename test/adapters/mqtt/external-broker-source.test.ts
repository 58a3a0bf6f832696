import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createExternalBrokerSource,
  type ExternalBrokerDeps,
} from '../../../adapters/mqtt/external-broker-source.ts';
import { JournalError } from '../../../core/ports/journal.ts';
import { pause, recordingIntake, until } from '../../support/broker-world.ts';
import { startForeignBroker } from '../../support/foreign-broker.ts';
import { createLogBook, createMeter, realClock } from '../../support/quiet.ts';

const TOPIC = 'relight/s1/m1/telemetry';
const cleanups: (() => Promise<void>)[] = [];
let foreign: Awaited<ReturnType<typeof startForeignBroker>>;
let acknowledged: string[];
beforeEach(async () => {
  foreign = await startForeignBroker();
  acknowledged = [];
  foreign.aedes.on('ack', (packet) => {
    if (packet && 'payload' in packet) acknowledged.push(packet.payload.toString());
  });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await foreign.stop();
});

async function startSource(intake: ExternalBrokerDeps['intake'], more: Partial<ExternalBrokerDeps> = {}) {
  const source = createExternalBrokerSource({
    url: foreign.url,
    clientId: 'ingest',
    protocolVersion: 4,
    intake,
    clock: realClock,
    log: createLogBook(),
    telemetry: createMeter(),
    ...more,
  });
  cleanups.push(() => source.stop());
  await source.start();
  return source;
}

test('messages run ahead of the commit, and none is acknowledged before it', async () => {
  const intake = recordingIntake();
  intake.setMode('hold');
  const source = await startSource(intake);
  for (let n = 0; n < 50; n += 1) foreign.publish(TOPIC, `${n}`);
  await until(() => intake.waiting.length === 50);
  await pause(50);
  expect(acknowledged).toEqual([]);
  expect(source.held()).toBe(50);
  intake.commitAll();
  await until(() => acknowledged.length === 50);
  expect(source.held()).toBe(0);
});

test('acknowledgements keep the order of arrival whatever the order of commits', async () => {
  const intake = recordingIntake();
  intake.setMode('hold');
  await startSource(intake);
  for (let n = 0; n < 3; n += 1) foreign.publish(TOPIC, `${n}`);
  await until(() => intake.waiting.length === 3);
  intake.waiting[2]?.();
  intake.waiting[1]?.();
  await pause(50);
  expect(acknowledged).toEqual([]);
  intake.waiting[0]?.();
  await until(() => acknowledged.length === 3);
  expect(acknowledged).toEqual(['0', '1', '2']);
});

test('what was not committed when the connection broke comes again', async () => {
  const intake = recordingIntake();
  intake.setMode('hold');
  const links: string[] = [];
  await startSource(intake, { onLink: (state) => links.push(state) });
  for (let n = 0; n < 5; n += 1) foreign.publish(TOPIC, `${n}`);
  await until(() => intake.waiting.length === 5);
  intake.setMode('commit');
  foreign.dropAll();
  await until(() => acknowledged.length === 5);
  expect(intake.taken.slice(5).map((message) => message.payload)).toEqual(['0', '1', '2', '3', '4']);
  await until(() => links.includes('restored'));
  expect(links).toEqual(['lost', 'restored']);
});

test('a journal that fails costs no message: the broker delivers it again', async () => {
  const intake = recordingIntake();
  intake.setMode(new JournalError('journal_failed', 'disk'));
  await startSource(intake);
  for (let n = 0; n < 5; n += 1) foreign.publish(TOPIC, `${n}`);
  await pause(300);
  expect(acknowledged).toEqual([]);
  intake.setMode('commit');
  await until(() => acknowledged.length === 5, 10_000);
  expect(new Set(intake.taken.map((message) => message.payload))).toEqual(new Set(['0', '1', '2', '3', '4']));
});

test('what the broker had in store is marked, what is live is not', async () => {
  foreign.publish('relight/s1/m1/status', 'online', { retain: true });
  await pause(20);
  const intake = recordingIntake();
  await startSource(intake);
  foreign.publish('relight/s1/m1/status', 'offline', { retain: true });
  await until(() => intake.taken.length === 2);
  expect(intake.taken.map((message) => [message.payload, message.stored])).toEqual([
    ['online', true],
    ['offline', false],
  ]);
});

test('QoS 0 is taken as well, and commands to devices are not', async () => {
  const intake = recordingIntake();
  await startSource(intake);
  foreign.publish('relight/s1/m1/command', '{}');
  foreign.publish(TOPIC, '{}', { qos: 0 });
  await until(() => intake.taken.length === 1);
  expect(intake.topics()).toEqual([TOPIC]);
});

test('a stop waits for the commits under way and acknowledges them, and takes nothing new', async () => {
  const intake = recordingIntake();
  intake.setMode('hold');
  const source = await startSource(intake);
  foreign.publish(TOPIC, 'before');
  await until(() => intake.waiting.length === 1);
  const stopped = source.stop();
  foreign.publish(TOPIC, 'after');
  await pause(30);
  intake.commitAll();
  await stopped;
  expect(acknowledged).toEqual(['before']);
  expect(intake.taken.map((message) => message.payload)).toEqual(['before']);
});

test('a broker that cannot be reached at start is named', async () => {
  const intake = recordingIntake();
  await expect(startSource(intake, { url: 'mqtt://127.0.0.1:1', patience_ms: 300 })).rejects.toThrow(
    /The MQTT broker at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
  );
  await expect(startSource(intake, { url: '127.0.0.1' })).rejects.toThrow('must look like mqtt://');
});
