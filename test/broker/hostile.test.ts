import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type BrokerWorld, pause, startBroker, until } from '../support/broker-world.ts';
import { answerOf, bytesOf, connectBytes, publishBytes, subscribeBytes } from '../support/mqtt-bytes.ts';
import { seededRandom } from '../support/seeded-random.ts';

let world: BrokerWorld;
afterEach(() => world.stop());

const SPECIMENS = [
  publishBytes('relight/s1/m1/telemetry', '{"voltage":230}'),
  publishBytes('relight/s1/m1/telemetry', '{"voltage":230}', 1, 9),
  subscribeBytes('relight/s1/m1/command'),
  connectBytes('s1/m1', 'secret-m1', 10),
  bytesOf({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['relight/s1/m1/command'] }),
  bytesOf({ cmd: 'pubrel', messageId: 4 }),
  bytesOf({ cmd: 'puback', messageId: 4 }),
  bytesOf({ cmd: 'pubrec', messageId: 4 }),
  bytesOf({ cmd: 'pingreq' }),
  bytesOf({ cmd: 'disconnect' }),
  bytesOf({
    cmd: 'connect',
    protocolVersion: 5,
    clientId: 's1/m1',
    clean: true,
    will: { topic: 'relight/s1/m1/status', payload: Buffer.from('offline') },
  }),
];

test('10,000 random and mutated packets from strangers and clients: no crash, and service goes on', async () => {
  world = await startBroker({
    limits: { refusedPerMinute: 1_000_000, publishesPerSecond: 100_000, badSecretsPerMinute: 1_000_000 },
  });
  const random = seededRandom(20260101);
  const below = (limit: number) => Math.floor(random() * limit);
  const noise = () => Buffer.from(Array.from({ length: 1 + below(60) }, () => below(256)));
  const mutated = () => {
    const packet = Buffer.from(SPECIMENS[below(SPECIMENS.length)] ?? []);
    for (let n = below(4); n >= 0; n -= 1) packet[below(packet.length)] = below(256);
    return random() < 0.2 ? packet.subarray(0, below(packet.length)) : packet;
  };

  let sent = 0;
  async function attack(): Promise<void> {
    while (sent < 10_000) {
      const socket: Socket = await world.raw();
      if (random() < 0.7) {
        socket.write(connectBytes('s1/m1', 'secret-m1'));
        await answerOf(socket);
      }
      for (let n = 0; n < 100 && !socket.destroyed; n += 1) {
        socket.write(random() < 0.3 ? noise() : mutated());
        sent += 1;
        // Lets the broker close the connection, so that what is counted as sent was read.
        await pause(1);
      }
      socket.destroy();
    }
  }
  await Promise.all(Array.from({ length: 40 }, attack));

  await until(() => world.broker.connections() === 0);
  const client = await world.connect('s1/m2');
  await client.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
  expect(world.intake.topics()).toContain('relight/s1/m2/telemetry');
  expect(new Set(world.intake.topics().map((topic) => topic.split('/').slice(0, 3).join('/')))).toEqual(
    new Set(['relight/s1/m1', 'relight/s1/m2']),
  );
});
