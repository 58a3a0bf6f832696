import { hasWildcard, matchesFilter } from './topic-filter.ts';

/** What aedes hands around inside; only the topic matters here. */
export interface EmittedPacket {
  readonly topic: string;
}

export type Listener = (packet: EmittedPacket, done: () => void) => void;
type Callback = (error?: Error) => void;

/**
 * The broker's own distributor of packets to listeners, in place of aedes' default one.
 *
 * The default one lets `concurrency` packets be under way, queues the rest without bound, and drains that queue by
 * recursion: each queued packet that nobody listens to adds frames, so some thousand of them end in a stack overflow
 * that kills the process. This one has no queue at all; what limits the packets under way is that no publisher's
 * socket is read before its packets are dealt with. Exact filters (a device's own command topic) cost one Map lookup.
 */
export function createEmitter() {
  const exact = new Map<string, readonly Listener[]>();
  let wildcards: readonly { readonly filter: string; readonly listener: Listener }[] = [];
  let closed = false;

  function listenersOf(topic: string): readonly Listener[] {
    const direct = exact.get(topic) ?? [];
    if (wildcards.length === 0) return direct;
    const matching = wildcards.filter((entry) => matchesFilter(entry.filter, topic));
    return matching.length === 0 ? direct : [...direct, ...matching.map((entry) => entry.listener)];
  }

  return {
    concurrency: 0,
    current: 0,

    on(filter: string, listener: Listener, done?: () => void): void {
      if (hasWildcard(filter)) wildcards = [...wildcards, { filter, listener }];
      else exact.set(filter, [...(exact.get(filter) ?? []), listener]);
      if (done) setImmediate(done);
    },

    removeListener(filter: string, listener: Listener, done?: () => void): void {
      if (hasWildcard(filter)) {
        const index = wildcards.findIndex((entry) => entry.filter === filter && entry.listener === listener);
        if (index >= 0) wildcards = wildcards.toSpliced(index, 1);
      } else {
        const rest = (exact.get(filter) ?? []).filter((entry) => entry !== listener);
        if (rest.length === 0) exact.delete(filter);
        else exact.set(filter, rest);
      }
      if (done) setImmediate(done);
    },

    emit(packet: EmittedPacket, done: Callback): void {
      if (closed) {
        done(new Error('broker closed'));
        return;
      }
      const listeners = listenersOf(packet.topic);
      let left = listeners.length;
      if (left === 0) {
        done();
        return;
      }
      const one = () => {
        left -= 1;
        if (left === 0) done();
      };
      for (const listener of listeners) listener(packet, one);
    },

    close(done: Callback): void {
      closed = true;
      setImmediate(done);
    },

    /** Whether anybody would receive a publish on this topic. */
    hasListeners(topic: string): boolean {
      return exact.has(topic) || wildcards.some((entry) => matchesFilter(entry.filter, topic));
    },
  };
}

export type Emitter = ReturnType<typeof createEmitter>;
