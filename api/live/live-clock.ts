import type { LiveValue } from '../../core/ports/bus.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import { toIso } from '../../core/units/time.ts';
import type { Context } from '../context.ts';
import { cutOff, isTooSlow } from './backlog.ts';
import {
  ALLOWANCE,
  deviceRoom,
  hangUp,
  type LiveServer,
  type LiveSocket,
  siteOfValues,
  siteRoom,
  valuesRoom,
} from './outlet.ts';
import type { SiteRooms } from './site-rooms.ts';
import { createValueFrames, type ShownValue, valuesFrame } from './value-frames.ts';

/** Between two frames of values: ingest paces them, and hands on what is more than a frame in several messages. */
const VALUES_MS = 100;
const SECOND_MS = 1_000;
/** States are looked at on a nudge, but not more often than this. */
const STATES_MS = 200;
const SESSIONS_MS = 10_000;

/** Everything the gateway does without being asked: values, states, heartbeats, polls, and the check of sessions. */
export function createLiveClock(context: Context, io: LiveServer, rooms: SiteRooms): Lifecycle {
  const { bus, clock, ingest, sessions, log, telemetry, version } = context;
  const nudged = new Set<string>();
  const values = createValueFrames((site) => watched.has(site));
  let watched: ReadonlySet<string> = new Set();
  const undo: (() => void)[] = [];
  let checking = false;
  let due: NodeJS.Timeout | null = null;

  function sockets(): IterableIterator<LiveSocket> {
    return io.of('/').sockets.values();
  }

  function hasSockets(room: string): boolean {
    return (io.of('/').adapter.rooms.get(room)?.size ?? 0) > 0;
  }

  /** Sites of which somebody watches values, all or of single devices. */
  function watchedSites(): Set<string> {
    const sites = new Set<string>();
    for (const room of io.of('/').adapter.rooms.keys()) {
      const site = siteOfValues(room);
      if (site !== null) sites.add(site);
    }
    return sites;
  }

  function takeValues(shown: readonly LiveValue[]): void {
    watched = watchedSites();
    values.note(shown);
    sendSoon();
  }

  function sendSoon(): void {
    if (!values.waiting()) return;
    due ??= setTimeout(() => {
      due = null;
      sendValues();
      sendSoon();
    }, VALUES_MS);
  }

  function sendValues(): void {
    for (const { site, values: shown } of values.take()) {
      const at = clock.now();
      io.to(valuesRoom(site)).volatile.emit('values', valuesFrame(site, at, shown));
      for (const value of shown) sendDevice(site, at, value);
    }
  }

  function sendDevice(site: string, at: number, value: ShownValue): void {
    const room = deviceRoom(site, value.device);
    if (hasSockets(room)) io.to(room).volatile.emit('values', valuesFrame(site, at, [value]));
  }

  function sendStates(site: string): void {
    const room = rooms.get(site);
    if (room === undefined || ingest === null || !hasSockets(siteRoom(site))) return;
    const states = room.stateChanges(ingest.nodeStates(site));
    if (states.length > 0) io.to(siteRoom(site)).emit('state', { site, at: toIso(clock.now()), states });
  }

  function pull(site: string): void {
    rooms
      .get(site)
      ?.feed.pull()
      .catch((error: unknown) => log.warn('live changes could not be read; tried again', { site, error }));
  }

  function sendNudged(): void {
    for (const site of nudged) sendStates(site);
    nudged.clear();
  }

  function everySecond(): void {
    for (const [site] of rooms.all()) {
      if (!hasSockets(siteRoom(site))) continue;
      pull(site);
      sendStates(site);
    }
    const ingestLag_s =
      ingest === null ? null : Math.max(0, ...ingest.status().readers.map(({ lag_s }) => lag_s));
    const at = toIso(clock.now());
    let count = 0;
    for (const socket of sockets()) {
      count += 1;
      if (isTooSlow(socket)) {
        telemetry.count('relight_live_ended_total', { reason: 'too_slow' });
        // No last word: it would wait behind all the others.
        cutOff(socket);
        continue;
      }
      const seq = Object.fromEntries(
        [...socket.data.sites].map((site) => [site, rooms.get(site)?.feed.seq() ?? 0]),
      );
      socket.volatile.emit('heartbeat', { at, version, seq, ingestLag_s });
    }
    telemetry.gauge('relight_live_sockets', count);
  }

  function socketsBySession(): ReadonlyMap<string, readonly LiveSocket[]> {
    const groups = new Map<string, LiveSocket[]>();
    for (const socket of sockets()) {
      const { idHash } = socket.data.signedIn.session;
      const group = groups.get(idHash) ?? [];
      groups.set(idHash, group);
      group.push(socket);
    }
    return groups;
  }

  /** Sessions end and rights change elsewhere too; a board left open is a use of its session. */
  async function checkSessions(): Promise<void> {
    if (checking) return;
    checking = true;
    try {
      for (const [idHash, some] of socketsBySession()) {
        const now = await sessions.look(idHash);
        for (const socket of some) {
          if (now === null) end(socket, 'session_ended');
          else if (rightsOf(now.user) !== rightsOf(socket.data.signedIn.user)) end(socket, 'rights_changed');
        }
      }
    } catch (error) {
      log.warn('sessions of live boards could not be checked; tried again', { error });
    } finally {
      checking = false;
    }
  }

  function end(socket: LiveSocket, reason: 'session_ended' | 'rights_changed'): void {
    telemetry.count('relight_live_ended_total', { reason });
    hangUp(socket, reason);
  }

  function tidy(): void {
    for (const socket of sockets()) socket.data.allowance = ALLOWANCE;
    for (const [site] of rooms.all()) if (!hasSockets(siteRoom(site))) rooms.close(site);
    void checkSessions();
  }

  function every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    undo.push(() => clearInterval(timer));
  }

  return {
    async start() {
      undo.push(
        bus.subscribe('events', ({ site }) => {
          nudged.add(site);
          pull(site);
        }),
        bus.subscribe('live', (message) => takeValues(message.values)),
        sessions.onChange(() => void checkSessions()),
      );
      every(STATES_MS, sendNudged);
      every(SECOND_MS, everySecond);
      every(SESSIONS_MS, tidy);
    },
    async stop() {
      for (const one of undo.splice(0)) one();
      if (due !== null) clearTimeout(due);
    },
  };
}

function rightsOf(user: { readonly role: string; readonly sites: readonly string[] | 'all' }): string {
  return JSON.stringify([user.role, user.sites]);
}
