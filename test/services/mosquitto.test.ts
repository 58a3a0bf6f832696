import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createExternalBrokerSource } from '../../adapters/mqtt/external-broker-source.ts';
import { createMqttBus } from '../../adapters/mqtt/mqtt-bus.ts';
import { brokerLogin } from '../support/broker-login.ts';
import { pause, recordingIntake, until } from '../support/broker-world.ts';
import { createLogBook, createMeter, realClock } from '../support/quiet.ts';

const url = process.env.TEST_MOSQUITTO_URL ?? '';
if (url === '')
  console.warn('Skipped: TEST_MOSQUITTO_URL names no Mosquitto (npm run test:services starts one)');

describe.skipIf(url === '')('Mosquitto', () => {
  const session = `t${process.pid}-${Date.now()}`;
  const cleanups: (() => Promise<unknown>)[] = [];
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'relight-mosquitto-'));
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const deps = (clientId: string) => ({
    ...brokerLogin(url),
    clientId,
    filters: [`relight/${clientId}/+/+`],
    clock: realClock,
    log: createLogBook(),
    telemetry: createMeter(),
  });

  async function publisher() {
    const client = await mqtt.connectAsync(url);
    cleanups.push(() => client.endAsync(true));
    return client;
  }

  test('kill -9 of the reader in mid stream: everything the publisher saw acknowledged is read in the end', async () => {
    const file = join(directory, 'read.txt');
    const name = `${session}-kill`;
    const client = await publisher();
    let reader: ChildProcess | undefined;
    async function startReader(): Promise<void> {
      const started = spawn(
        process.execPath,
        ['--import', 'tsx', 'test/support/mosquitto-reader.ts', url, name, file],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      reader = started;
      if (started.stdout) await once(started.stdout, 'data');
    }
    cleanups.push(async () => reader?.kill('SIGKILL'));

    await startReader();
    const confirmed: number[] = [];
    let publishing = true;
    const stream = (async () => {
      for (let n = 0; publishing; n += 1) {
        client
          .publishAsync(`relight/${name}/m${n % 7}/telemetry`, `${n}`, { qos: 1 })
          .then(() => confirmed.push(n));
        await pause(4);
      }
    })();
    for (let kill = 0; kill < 3; kill += 1) {
      await pause(300 + kill * 70);
      const dying = reader;
      const died = dying === undefined ? undefined : once(dying, 'exit');
      dying?.kill('SIGKILL');
      await died;
      await startReader();
    }
    await pause(300);
    publishing = false;
    await stream;
    await until(() => confirmed.length > 300, 10_000);
    const read = () => new Set(readFileSync(file, 'utf8').split('\n').map(Number));
    await until(() => confirmed.every((n) => read().has(n)), 15_000);
  });

  test('the window is ours to choose: hundreds run ahead of one commit', async () => {
    const intake = recordingIntake();
    intake.setMode('hold');
    const name = `${session}-window`;
    const source = createExternalBrokerSource({ ...deps(name), intake });
    cleanups.push(() => source.stop());
    await source.start();
    const client = await publisher();
    await Promise.all(
      Array.from({ length: 900 }, (_, n) =>
        client.publishAsync(`relight/${name}/m/telemetry`, `${n}`, { qos: 1 }),
      ),
    );
    await until(() => intake.waiting.length === 900, 10_000);
    expect(intake.taken.map((message) => message.payload)).toEqual(
      Array.from({ length: 900 }, (_, n) => `${n}`),
    );
    intake.commitAll();
    await until(() => source.held() === 0);
  });

  test('several sessions share the load, nothing twice and nothing missing', async () => {
    const intake = recordingIntake();
    const name = `${session}-shared`;
    const source = createExternalBrokerSource({ ...deps(name), intake, shares: 3 });
    cleanups.push(() => source.stop());
    await source.start();
    const client = await publisher();
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        client.publishAsync(`relight/${name}/m/telemetry`, `${n}`, { qos: 1 }),
      ),
    );
    await until(() => intake.taken.length === 300, 10_000);
    expect(new Set(intake.taken.map((message) => message.payload)).size).toBe(300);
  });

  test('a retained status is marked as stored on a new subscription only', async () => {
    const name = `${session}-retained`;
    const topic = `relight/${name}/m/status`;
    const client = await publisher();
    await client.publishAsync(topic, 'online', { qos: 1, retain: true });
    cleanups.push(() => client.publishAsync(topic, '', { qos: 1, retain: true }));
    const first = recordingIntake();
    const source = createExternalBrokerSource({ ...deps(name), intake: first });
    await source.start();
    await until(() => first.taken.length === 1);
    await client.publishAsync(topic, 'offline', { qos: 1, retain: true });
    await until(() => first.taken.length === 2);
    await source.stop();
    expect(first.taken.map((message) => [message.payload, message.stored])).toEqual([
      ['online', true],
      ['offline', false],
    ]);

    const second = recordingIntake();
    const again = createExternalBrokerSource({ ...deps(name), intake: second });
    cleanups.push(() => again.stop());
    await again.start();
    await pause(200);
    expect(second.taken).toEqual([]);
  });

  test('the bus works over it', async () => {
    const heard: string[] = [];
    const [near, far] = ['a', 'b'].map((end) =>
      createMqttBus({
        ...brokerLogin(url),
        clientId: `${session}-bus-${end}`,
        log: createLogBook(),
        telemetry: createMeter(),
      }),
    );
    for (const bus of [near, far]) {
      await bus?.start();
      cleanups.push(async () => bus?.stop());
    }
    far?.subscribe('site', (body) => heard.push(body.site));
    near?.publish('site', { site: session });
    await until(() => heard.includes(session));
  });
});
