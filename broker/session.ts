import type { Socket } from 'node:net';
import { createFrameGuard } from './frame-guard.ts';
import type { HeldLedger } from './held-ledger.ts';
import type { BrokerLimits } from './limits.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';
import type { Access } from './topic-access.ts';

/** MQTT 3.1.2.10: silent for longer than one and a half times its keepalive is dead. */
const KEEPALIVE_FACTOR = 1.5;

/**
 * What the broker knows about one connection, and the brake on its socket.
 *
 * aedes reads a socket only through `read`, so answering `null` there is how a client is stopped: its bytes stay in
 * the kernel, and TCP stops the sender. (aedes' own brake counts packets per chunk and lets a client that sends one
 * packet per segment through without end.)
 */
export function createSession(deps: {
  readonly socket: Socket;
  readonly limits: BrokerLimits;
  readonly ledger: HeldLedger;
  readonly now_ms: () => number;
  readonly onTooLarge: () => void;
}) {
  const { socket, limits, ledger, now_ms } = deps;
  const guard = createFrameGuard({
    first_bytes: limits.connectPacket_bytes,
    packet_bytes: limits.packet_bytes,
  });
  const readSocket = socket.read.bind(socket);

  let access: Access | null = null;
  let bucket: TokenBucket | null = null;
  let held = 0;
  let held_bytes = 0;
  let stalled = false;
  let closed = false;
  let heardAt_ms = now_ms();
  let keepalive_ms = 0;
  const paced: (() => void)[] = [];
  const pacedDueAt_ms: number[] = [];
  let pacer: ReturnType<typeof setTimeout> | undefined;
  let queuedThisTurn_bytes = 0;

  const isFull = () => held >= limits.heldMessages || held_bytes >= limits.held_bytes;

  function wake(): void {
    if (!stalled || closed) return;
    stalled = false;
    socket.emit('readable');
  }

  socket.read = (size?: number) => {
    if (size === 0) return readSocket(0);
    if (isFull() || ledger.isFull()) {
      stalled = true;
      if (ledger.isFull()) ledger.waitForRoom(wake);
      return null;
    }
    const chunk: unknown = readSocket(size);
    if (!(chunk instanceof Uint8Array)) return null;
    heardAt_ms = now_ms();
    if (guard.accepts(chunk)) return chunk;
    deps.onTooLarge();
    socket.destroy();
    return null;
  };

  function runPaced(): void {
    pacer = undefined;
    const now = now_ms();
    while (paced.length > 0 && (pacedDueAt_ms[0] ?? 0) <= now) {
      pacedDueAt_ms.shift();
      paced.shift()?.();
    }
    if (paced.length > 0) pacer = setTimeout(runPaced, Math.max(1, (pacedDueAt_ms[0] ?? 0) - now));
  }

  return {
    address: socket.remoteAddress ?? '',
    access: () => access,
    isClosed: () => closed,
    /** Silent for too long. Never while we hold its messages or do not read: the silence is ours then. */
    isDead: () =>
      keepalive_ms > 0 && held === 0 && !stalled && now_ms() - heardAt_ms > keepalive_ms * KEEPALIVE_FACTOR,

    grant(granted: Access): void {
      access = granted;
      const rate_per_s = limits.publishesPerSecond * Math.max(1, granted.voices);
      bucket = createTokenBucket(rate_per_s, rate_per_s * limits.publishBurst_s);
    },

    setKeepalive(seconds: number): void {
      keepalive_ms = seconds * 1000;
    },

    /** Runs `action` now, or in its turn once the client's rate allows; true when it was delayed. */
    pace(action: () => void): boolean {
      const wait_ms = bucket?.take(now_ms()) ?? 0;
      if (wait_ms === 0 && paced.length === 0) {
        action();
        return false;
      }
      paced.push(action);
      pacedDueAt_ms.push(now_ms() + wait_ms);
      pacer ??= setTimeout(runPaced, wait_ms);
      return true;
    },

    hold(bytes: number): void {
      if (closed) return;
      held += 1;
      held_bytes += bytes;
      ledger.hold(bytes);
    },

    release(bytes: number): void {
      if (closed) return;
      held -= 1;
      held_bytes -= bytes;
      ledger.release(bytes, 1);
      if (held <= limits.heldMessages / 2 && held_bytes <= limits.held_bytes / 2 && !ledger.isFull()) wake();
    },

    /** False when the subscriber is so far behind that it must go. */
    mayQueue(bytes: number): boolean {
      if (queuedThisTurn_bytes === 0) {
        // aedes writes a turn later; until then the socket does not show what is on its way.
        setImmediate(() =>
          setImmediate(() => {
            queuedThisTurn_bytes = 0;
          }),
        );
      }
      queuedThisTurn_bytes += bytes;
      return socket.writableLength + queuedThisTurn_bytes <= limits.consumerQueue_bytes;
    },

    /**
     * Reads on although packets of the last chunk are still held: aedes would wait for all of them, and a ping behind
     * them would stay unanswered until the client gives the connection up. Each `readable` takes one off aedes' count.
     */
    readOn(): void {
      for (let left = held; left > 0 && !closed && !stalled && socket.readableLength > 0; left -= 1) {
        socket.emit('readable');
      }
    },

    destroy(): void {
      socket.destroy();
    },

    close(): void {
      if (closed) return;
      closed = true;
      clearTimeout(pacer);
      paced.length = 0;
      pacedDueAt_ms.length = 0;
      ledger.release(held_bytes, held);
      held = 0;
      held_bytes = 0;
    },
  };
}

export type Session = ReturnType<typeof createSession>;
