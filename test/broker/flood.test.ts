import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type BrokerWorld, startBroker, until } from '../support/broker-world.ts';
import { answerOf, connectBytes, publishBytes, subscribeBytes } from '../support/mqtt-bytes.ts';

let child: ChildProcess | undefined;
let world: BrokerWorld | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await world?.stop();
  child = undefined;
  world = undefined;
});

/**
 * 100 publishes that somebody hears, so that the distributor is busy to its limit, and in the same turn thousands that
 * nobody hears: they queue behind, and the queue is drained by recursion. One client, one write of some 40 KiB.
 */
async function flood(socket: Socket, name: string, heard: string, unheard: string): Promise<void> {
  socket.on('error', () => {});
  socket.write(connectBytes(name, 'secret'));
  await answerOf(socket);
  socket.write(subscribeBytes(heard));
  await answerOf(socket);
  socket.write(
    Buffer.concat([
      ...Array.from({ length: 100 }, () => publishBytes(heard, '')),
      ...Array.from({ length: 5_000 }, () => publishBytes(unheard, '')),
    ]),
  );
}

test('kills a broker with the default distributor', async () => {
  child = spawn(process.execPath, ['test/support/plain-broker.mjs'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint += String(chunk);
  });
  const [line] = child.stdout ? await once(child.stdout, 'data') : [];
  const exited = once(child, 'exit');
  await flood(connect(Number(line), '127.0.0.1'), 'a', 'a', 'x');
  const [code] = await exited;
  expect(code).toBe(1);
  expect(complaint).toContain('Maximum call stack size exceeded');
});

test('does nothing to ours', async () => {
  world = await startBroker({
    limits: { publishesPerSecond: 100_000 },
    extraClients: [
      {
        username: 'a',
        sha256: createHash('sha256').update('secret').digest('hex'),
        publish: ['relight-a', 'relight-x'],
        subscribe: ['relight-a'],
      },
    ],
  });
  const socket = await world.raw();
  await flood(socket, 'a', 'relight-a', 'relight-x');
  const other = await world.connect('s1/m1');
  await other.publishAsync('relight/s1/m1/telemetry', '{}', { qos: 1 });
  expect(world.intake.taken).toHaveLength(1);
});

test('60,000 publishes that nobody subscribed to all reach ingest', async () => {
  world = await startBroker({ limits: { publishesPerSecond: 100_000 } });
  const { intake } = world;
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'secret-m1'));
  await answerOf(socket);
  const packet = publishBytes('relight/s1/m1/telemetry', '{}');
  for (let n = 0; n < 60; n += 1) socket.write(Buffer.concat(Array.from({ length: 1_000 }, () => packet)));
  await until(() => intake.taken.length === 60_000, 15_000);
  const other = await world.connect('s1/m2');
  await other.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
});
