import { io, type Socket } from 'socket.io-client';
import type { IncidentView } from '../../../contracts/http/incidents.ts';
import type { IngestReply } from '../../../contracts/http/ingest.ts';
import type { ClientToServer, ServerToClient, Values } from '../../../contracts/live.ts';
import { correctClock } from './clock.svelte.ts';
import { session, signedOut } from './session.svelte.ts';
import type { Supply } from './supply.ts';

/** Values repaint at most this often, the first of a burst at once; changes of state always at once. */
const FLUSH_MS = 250;
const REDIAL_MAX_MS = 5000;

export type LiveFields = {
  readonly ts: number;
  readonly arrival: number;
  readonly fields: Readonly<Record<string, number>>;
};

/** A device heard nothing of for this many of its intervals is silent; the same number as the server's default. */
const SILENT_INTERVALS = 3;

/** Too old to be shown as if it were now. */
export function isOld(live: LiveFields | null, interval_s: number, now: number): boolean {
  return live === null || now - live.arrival > interval_s * SILENT_INTERVALS * 1000;
}

/** One device's newest values: one raw snapshot each, so that a tile repaints alone. */
class LiveDevice {
  current = $state.raw<LiveFields | null>(null);

  /** What a list already knew, until the first live value comes. */
  seed(known: {
    readonly ts: string | null;
    readonly arrival: string | null;
    readonly values: Readonly<Record<string, number>>;
  }): void {
    if (this.current !== null || known.ts === null || known.arrival === null) return;
    this.current = { ts: Date.parse(known.ts), arrival: Date.parse(known.arrival), fields: known.values };
  }
}

/** One site as the live connection knows it. */
export interface LiveSite {
  /** When the newest word from the server came; everything older than a few seconds is stale. */
  readonly heardAt: number;
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly attempts: number;
  readonly incidents: ReadonlyMap<string, IncidentView>;
  readonly supply: ReadonlyMap<string, Supply>;
  readonly ingest: IngestReply | null;
  device(id: string): LiveDevice;
  /** Runs for every committed change of the site, and for `snapshot` after a gap; returns its undo. */
  onChange(listener: (type: string, body: unknown) => void): () => void;
  close(): void;
}

export function watchSite(site: string): LiveSite {
  const devices = new Map<string, LiveDevice>();
  const pending = new Map<string, Values['values'][number]>();
  const listeners = new Set<(type: string, body: unknown) => void>();
  let incidents = $state.raw<ReadonlyMap<string, IncidentView>>(new Map());
  let supply = $state.raw<ReadonlyMap<string, Supply>>(new Map());
  let ingest = $state.raw<IngestReply | null>(null);
  let connection = $state<'connecting' | 'live' | 'lost'>('connecting');
  let attempts = $state(0);
  let heardAt = $state(0);
  let seq: number | null = null;
  let closed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  let flushing: ReturnType<typeof setTimeout> | undefined;
  let flushedAt = 0;

  const socket: Socket<ServerToClient, ClientToServer> = io({
    path: '/api/v1/live',
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: REDIAL_MAX_MS,
  });

  function resume(after: number | null): void {
    socket.emit('resume', { site, after }, (answer) => {
      if (!answer.ok) connection = 'lost';
    });
  }

  socket.on('connect', () => {
    resume(seq);
    socket.emit('watch', { site, devices: 'all' }, () => undefined);
  });
  socket.on('disconnect', (reason) => {
    connection = 'lost';
    if (reason === 'io server disconnect') callAgain();
  });
  socket.io.on('reconnect_attempt', (attempt) => {
    attempts = attempt;
  });
  socket.on('connect_error', (error) => {
    connection = 'lost';
    if (isRefusal(error, 'not_signed_in')) signedOut();
    else if (!socket.active) callAgain();
  });

  /** The library calls again by itself only when the line broke, not when the server hung up or refused. */
  function callAgain(): void {
    if (closed) return;
    attempts += 1;
    again = setTimeout(() => socket.connect(), Math.min(REDIAL_MAX_MS, 500 * 2 ** Math.min(attempts, 4)));
  }

  socket.on('snapshot', (snapshot) => {
    if (snapshot.site !== site) return;
    const first = seq === null;
    seq = snapshot.seq;
    incidents = new Map(snapshot.incidents.map((incident) => [incident.id, incident]));
    supply = new Map(snapshot.states.map(({ node, state, incident }) => [node, { state, incident }]));
    ingest = snapshot.ingest;
    heard();
    // What else was loaded may have changed meanwhile, unheard.
    if (!first) for (const listener of listeners) listener('snapshot', null);
  });
  socket.on('change', (change) => {
    if (change.site !== site || (seq !== null && change.seq <= seq)) return;
    if (seq !== null && change.seq > seq + 1) return resume(seq);
    seq = change.seq;
    if (change.type === 'incident') replaceIncident(change.body as IncidentView);
    for (const listener of listeners) listener(change.type, change.body);
    heard();
  });
  socket.on('state', (frame) => {
    if (frame.site !== site) return;
    const next = new Map(supply);
    for (const { node, state, incident } of frame.states) next.set(node, { state, incident });
    supply = next;
    heard();
  });
  socket.on('values', (frame) => {
    if (frame.site !== site) return;
    for (const value of frame.values) pending.set(value.device, value);
    flushing ??= setTimeout(flush, Math.max(0, flushedAt + FLUSH_MS - Date.now()));
  });
  socket.on('heartbeat', (beat) => {
    correctClock(Date.parse(beat.at));
    // A board that stands for weeks takes a new release by itself.
    if (session.version !== '' && beat.version !== session.version) window.location.reload();
    const known = beat.seq[site];
    if (known !== undefined && seq !== null && known > seq) resume(seq);
    heard();
  });
  socket.on('ended', ({ reason }) => {
    if (reason === 'session_ended' || reason === 'rights_changed') signedOut();
  });

  function heard(): void {
    heardAt = Date.now();
    attempts = 0;
    // A heartbeat says that the server lives, not yet what it knows of the site.
    if (seq !== null) connection = 'live';
  }

  function replaceIncident(incident: IncidentView): void {
    const next = new Map(incidents);
    if (incident.closedAt === null && incident.state !== 'merged' && incident.state !== 'retracted')
      next.set(incident.id, incident);
    else next.delete(incident.id);
    incidents = next;
  }

  function flush(): void {
    flushing = undefined;
    if (document.hidden) return;
    flushedAt = Date.now();
    for (const [id, value] of pending) {
      deviceOf(id).current = {
        ts: Date.parse(value.ts),
        arrival: Date.parse(value.arrival),
        fields: value.fields,
      };
    }
    pending.clear();
  }

  function deviceOf(id: string): LiveDevice {
    let device = devices.get(id);
    if (device === undefined) {
      device = new LiveDevice();
      devices.set(id, device);
    }
    return device;
  }

  return {
    get heardAt() {
      return heardAt;
    },
    get connection() {
      return connection;
    },
    get attempts() {
      return attempts;
    },
    get incidents() {
      return incidents;
    },
    get supply() {
      return supply;
    },
    get ingest() {
      return ingest;
    },
    device: deviceOf,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(again);
      clearTimeout(flushing);
      socket.close();
    },
  };
}

function isRefusal(error: Error, code: string): boolean {
  const data: unknown = 'data' in error ? error.data : null;
  return typeof data === 'object' && data !== null && 'code' in data && data.code === code;
}
