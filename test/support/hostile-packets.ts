import type { Socket } from 'node:net';
import { answerOf, bytesOf, connectBytes, publishBytes, subscribeBytes } from './mqtt-bytes.ts';

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

/** Bounds that would end an attack before it has said everything. */
export const PATIENT_LIMITS = {
  refusedPerMinute: 10_000_000,
  publishesPerSecond: 1_000_000,
  badSecretsPerMinute: 10_000_000,
};

export interface Attack {
  readonly packets: number;
  readonly connections: number;
  /** Connections that the broker ended before we did. */
  readonly endedByBroker: number;
}

/** Sends so many random and mutated packets, as strangers and as the signed-in `s1/m1`, forty connections at a time. */
export async function attackWithPackets(
  open: () => Promise<Socket>,
  count: number,
  random: () => number,
): Promise<Attack> {
  const below = (limit: number) => Math.floor(random() * limit);
  const noise = () => Buffer.from(Array.from({ length: 1 + below(60) }, () => below(256)));
  const mutated = () => {
    const packet = Buffer.from(SPECIMENS[below(SPECIMENS.length)] ?? []);
    for (let n = below(4); n >= 0; n -= 1) packet[below(packet.length)] = below(256);
    return random() < 0.2 ? packet.subarray(0, below(packet.length)) : packet;
  };
  const told = { packets: 0, connections: 0, endedByBroker: 0 };

  async function attack(): Promise<void> {
    while (told.packets < count) {
      const socket = await open();
      told.connections += 1;
      if (random() < 0.7) {
        socket.write(connectBytes('s1/m1', 'secret-m1'));
        await answerOf(socket);
      }
      for (let n = 0; n < 100 && !socket.destroyed; n += 1) {
        socket.write(random() < 0.3 ? noise() : mutated());
        told.packets += 1;
        // Lets the broker close the connection, so that what is counted as sent was read.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (socket.destroyed) told.endedByBroker += 1;
      socket.destroy();
    }
  }
  await Promise.all(Array.from({ length: 40 }, attack));
  return told;
}
