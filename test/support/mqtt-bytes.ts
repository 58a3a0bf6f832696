import type { Socket } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';

/** Whole packets as they stand on the wire, for clients that no library would let us write. */
export const bytesOf = (packet: Packet): Buffer => generate(packet);

export function connectBytes(id: string, password: string, keepalive = 0): Buffer {
  return bytesOf({
    cmd: 'connect',
    clientId: id,
    username: id,
    password: Buffer.from(password),
    keepalive,
    clean: true,
  });
}

export function publishBytes(topic: string, payload: string | Buffer, qos: 0 | 1 = 0, messageId = 1): Buffer {
  return bytesOf({ cmd: 'publish', topic, payload, qos, messageId, retain: false, dup: false });
}

export function subscribeBytes(topic: string): Buffer {
  return bytesOf({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] });
}

/** The next bytes the other side sends, or '' once it closed. */
export function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString('hex')));
    socket.once('close', () => resolve(''));
  });
}
