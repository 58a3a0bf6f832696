import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createFrameSplitter } from './frame-splitter.ts';

const PUBACK = 0x40;

interface Held {
  readonly id: number | null;
  ack: Buffer | null;
  committed: boolean;
}

/**
 * Stands between mqtt.js and its socket and keeps the PUBACKs it writes until their messages are durable, in the order
 * of arrival (MQTT 4.6.0-2). mqtt.js itself handles one message at a time: waiting for the journal inside its
 * `handleMessage` would allow one message per commit. Here it runs ahead; the broker's window bounds how far.
 */
export function createAckGate(socket: Socket, limits: { readonly held: number }) {
  const held: Held[] = [];
  const split = createFrameSplitter();
  let paused = false;

  const stream = new Duplex({
    read() {
      if (!paused) socket.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      for (const frame of split(chunk)) route(frame);
      if (socket.writableNeedDrain) socket.once('drain', () => done());
      else done();
    },
    final(done) {
      socket.end(done);
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });

  socket.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => stream.push(null));
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => stream.destroy());

  function route(frame: Buffer): void {
    if (((frame[0] ?? 0) & 0xf0) !== PUBACK) {
      socket.write(frame);
      return;
    }
    const id = frame.readUInt16BE(2);
    const entry = held.find((candidate) => candidate.id === id && candidate.ack === null);
    if (entry === undefined) {
      socket.write(frame);
      return;
    }
    entry.ack = frame;
    flush();
  }

  function flush(): void {
    for (let head = held[0]; head?.committed && (head.id === null || head.ack !== null); head = held[0]) {
      held.shift();
      if (head.ack !== null && !socket.destroyed) socket.write(head.ack);
    }
    if (paused && held.length <= limits.held / 2) {
      paused = false;
      socket.resume();
    }
  }

  return {
    stream,

    /** Call before mqtt.js acknowledges the message; the answer lets its acknowledgement go. `id` null: QoS 0. */
    hold(id: number | null): () => void {
      const entry: Held = { id, ack: null, committed: false };
      held.push(entry);
      if (held.length >= limits.held) {
        paused = true;
        socket.pause();
      }
      return () => {
        entry.committed = true;
        flush();
      };
    },

    held: () => held.length,
  };
}

export type AckGate = ReturnType<typeof createAckGate>;
