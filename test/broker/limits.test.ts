import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { type BrokerWorld, credentialsOf, pause, startBroker, until } from '../support/broker-world.ts';
import { answerOf, bytesOf, connectBytes, publishBytes } from '../support/mqtt-bytes.ts';

let world: BrokerWorld;
afterEach(() => world.stop());

const TELEMETRY = 'relight/s1/m1/telemetry';

test('a client above its rate is slowed by its own socket, and another one is undisturbed', async () => {
  world = await startBroker({ limits: { publishesPerSecond: 50, publishBurst_s: 2 } });
  const { intake, telemetry } = world;
  const rogue = await world.raw();
  rogue.write(connectBytes('s1/m1', 'secret-m1'));
  await answerOf(rogue);
  const chunk = Buffer.concat(
    Array.from({ length: 1_000 }, () => publishBytes(TELEMETRY, 'x'.repeat(1_000))),
  );
  for (let n = 0; n < 20; n += 1) rogue.write(chunk);

  const good = await world.connect('s1/m2');
  const began = performance.now();
  let slowest_ms = 0;
  while (performance.now() - began < 1_500) {
    const sent = performance.now();
    await good.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
    slowest_ms = Math.max(slowest_ms, performance.now() - sent);
    await pause(25);
  }
  const fromRogue = intake.topics().filter((topic) => topic === TELEMETRY).length;
  const elapsed_s = (performance.now() - began) / 1000;
  expect(fromRogue).toBeGreaterThan(100);
  expect(fromRogue).toBeLessThanOrEqual(100 + 50 * (elapsed_s + 0.5));
  expect(telemetry.of('relight_publishes_delayed_total')).toBeGreaterThan(0);
  // TCP stopped it: of 20 MB most never left its process.
  expect(rogue.writableLength).toBeGreaterThan(5_000_000);
  expect(rogue.closed).toBe(false);
  expect(slowest_ms).toBeLessThan(500);
});

test('a client that sends one packet per segment is held by the window as well', async () => {
  world = await startBroker({ limits: { heldMessages: 20 } });
  world.intake.setMode('hold');
  const socket = await world.raw();
  socket.setNoDelay(true);
  socket.write(connectBytes('s1/m1', 'secret-m1'));
  await answerOf(socket);
  for (let n = 1; n <= 200; n += 1) {
    socket.write(publishBytes(TELEMETRY, '{}', 1, n));
    await pause(1);
  }
  await pause(100);
  expect(world.intake.waiting.length).toBeGreaterThan(0);
  // Segments that arrive while the loop is busy are read together, so a few more than the window may be held.
  expect(world.intake.waiting.length).toBeLessThan(100);
  world.intake.setMode('commit');
  world.intake.commitAll();
  await until(() => world.intake.taken.length === 200);
});

test('what all clients together may have held is bounded, and all of it goes on afterwards', async () => {
  world = await startBroker({ limits: { heldTotal_bytes: 2_000 } });
  world.intake.setMode('hold');
  const ids = ['s1/m1', 's1/m2', 's1/m3', 's1/m4'];
  const clients = await Promise.all(ids.map((id) => world.connect(id)));
  const sent: Promise<unknown>[] = [];
  for (let n = 0; n < 10; n += 1) {
    for (const [index, client] of clients.entries()) {
      sent.push(client.publishAsync(`relight/${ids[index]}/telemetry`, 'x'.repeat(400), { qos: 1 }));
      await pause(2);
    }
  }
  await pause(50);
  expect(world.intake.waiting.length).toBeLessThan(12);
  world.intake.setMode('commit');
  world.intake.commitAll();
  await Promise.all(sent);
  expect(world.intake.taken).toHaveLength(40);
});

test('a packet of 256 KiB passes, a larger one ends the connection and is counted', async () => {
  world = await startBroker();
  const client = await world.connect('s1/m1');
  await client.publishAsync(TELEMETRY, 'x'.repeat(256 * 1024 - 100), { qos: 1 });
  let closed = false;
  client.once('close', () => {
    closed = true;
  });
  client.publish(TELEMETRY, 'x'.repeat(256 * 1024), { qos: 1 });
  await until(() => closed);
  expect(world.telemetry.of('relight_packets_too_large_total')).toBe(1);
  expect(world.intake.taken).toHaveLength(1);
});

test('a packet that only announces 200 MiB is not waited for', async () => {
  world = await startBroker();
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'secret-m1'));
  await answerOf(socket);
  socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x63, 0, 1]));
  expect(await answerOf(socket)).toBe('');
});

test('a stranger may not send more than a sign-in needs', async () => {
  world = await startBroker();
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'x'.repeat(10_000)));
  expect(await answerOf(socket)).toBe('');
  expect(world.telemetry.of('relight_packets_too_large_total')).toBe(1);
});

test('a topic longer than allowed is refused', async () => {
  world = await startBroker();
  const client = await world.connect('s1/m1');
  await client.publishAsync(`relight/s1/m1/${'x'.repeat(300)}`, '{}', { qos: 1 });
  expect(world.telemetry.of('relight_publishes_refused_total{topic_too_long}')).toBe(1);
});

test('a subscriber that does not read is disconnected and counted; the publisher never waits for it', async () => {
  world = await startBroker({
    limits: { consumerQueue_bytes: 300_000 },
    extraClients: [
      {
        username: 'slow',
        sha256: createHash('sha256').update('secret').digest('hex'),
        publish: [],
        subscribe: ['relight/#'],
      },
    ],
  });
  const slow = await world.connect('slow', { password: 'secret' });
  await slow.subscribeAsync('relight/#');
  slow.stream.pause();
  const client = await world.connect('s1/m1');
  for (let n = 0; n < 200; n += 1) await client.publishAsync(TELEMETRY, 'x'.repeat(60_000), { qos: 1 });
  await until(() => world.telemetry.of('relight_slow_consumers_total') > 0);
  await until(() => world.broker.connections() === 1);
  expect(world.intake.taken).toHaveLength(200);
});

test('connections are bounded', async () => {
  world = await startBroker({ limits: { connections: 2 } });
  await world.connect('s1/m1');
  await world.connect('s1/m2');
  await expect(world.connect('s1/m3')).rejects.toThrow();
  expect(world.telemetry.of('relight_connects_refused_total{full}')).toBe(1);
});

test('connects are admitted at a bounded rate', async () => {
  world = await startBroker({ limits: { connectsPerSecond: 10 } });
  const began = performance.now();
  const admitted: number[] = [];
  const sockets = await Promise.all(Array.from({ length: 20 }, () => world.raw()));
  await Promise.all(
    sockets.map(async (socket, n) => {
      const id = ['s1/m1', 's1/m2', 's1/m3', 's1/m4'][n % 4] ?? '';
      socket.write(connectBytes(id, `secret-${id.slice(3)}`));
      if ((await answerOf(socket)) !== '') admitted.push(performance.now() - began);
    }),
  );
  expect(admitted.length).toBe(20);
  expect(admitted.filter((at_ms) => at_ms < 400).length).toBeLessThanOrEqual(15);
  expect(Math.max(...admitted)).toBeGreaterThan(800);
});

test('a silent client is ended after one and a half times its keepalive', async () => {
  world = await startBroker();
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'secret-m1', 1));
  expect(await answerOf(socket)).toBe('20020000');
  const began = performance.now();
  expect(await answerOf(socket)).toBe('');
  expect(performance.now() - began).toBeGreaterThan(1_400);
  expect(performance.now() - began).toBeLessThan(3_500);
});

test('a client whose message we hold is not taken for silent', async () => {
  world = await startBroker();
  world.intake.setMode('hold');
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'secret-m1', 1));
  await answerOf(socket);
  socket.write(publishBytes(TELEMETRY, '{}', 1, 7));
  await pause(3_200);
  expect(socket.closed).toBe(false);
  world.intake.commitAll();
  expect(await answerOf(socket)).toBe('40020007');
});

test('a ping is answered', async () => {
  world = await startBroker();
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'secret-m1', 1));
  await answerOf(socket);
  socket.write(bytesOf({ cmd: 'pingreq' }));
  expect(await answerOf(socket)).toBe('d000');
});

test('a ping behind messages that are held for long is answered', async () => {
  world = await startBroker();
  world.intake.setMode('hold');
  const socket = await world.raw();
  socket.write(connectBytes('s1/m1', 'secret-m1', 5));
  await answerOf(socket);
  socket.write(Buffer.concat(Array.from({ length: 8 }, (_, n) => publishBytes(TELEMETRY, '{}', 1, n + 1))));
  await until(() => world.intake.waiting.length === 8);
  socket.write(bytesOf({ cmd: 'pingreq' }));
  expect(await answerOf(socket)).toBe('d000');
  expect(world.intake.waiting).toHaveLength(8);
});

test('TLS when a certificate is configured', async () => {
  const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));
  const cert = read('localhost.crt');
  world = await startBroker({ port: null, tls: { port: 0, cert, key: read('localhost.key') } });
  const { port, tlsPort } = world.broker.address();
  expect(port).toBeNull();
  const client = await mqtt.connectAsync(
    `mqtts://127.0.0.1:${tlsPort}`,
    credentialsOf('s1/m1', { ca: cert }),
  );
  await client.publishAsync(TELEMETRY, '{}', { qos: 1 });
  client.end(true);
  expect(world.intake.taken).toHaveLength(1);
});
