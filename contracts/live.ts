import { type Static, Type } from 'typebox';
import { Id, InstantText } from './http/common.ts';
import { EventView } from './http/events.ts';
import { IncidentView } from './http/incidents.ts';
import { IngestReply } from './http/ingest.ts';
import { NodeStateView } from './http/sites.ts';

/** Socket.io path on the API's own server; the session cookie signs in, a foreign origin is refused. */
export const LIVE_PATH = '/api/v1/live';

/** Sent by the client once per site it shows, and again after every reconnect. `after` null asks for a snapshot. */
export const Resume = Type.Object(
  { site: Id, after: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]) },
  { additionalProperties: false },
);
export type Resume = Static<typeof Resume>;

/** `devices` replaces what this socket watched of the site before; empty stops it. `'all'` is for boards. */
export const Watch = Type.Object(
  { site: Id, devices: Type.Union([Type.Literal('all'), Type.Array(Id, { maxItems: 500 })]) },
  { additionalProperties: false },
);
export type Watch = Static<typeof Watch>;

export const Leave = Type.Object({ site: Id }, { additionalProperties: false });
export type Leave = Static<typeof Leave>;

/** What every client message is answered with. */
export type LiveAnswer =
  | { readonly ok: true; readonly seq: number }
  | { readonly ok: false; readonly code: string };

/** A committed change, in commit order without a gap. A client that sees a gap sends `resume`. */
export const Change = EventView;
export type Change = Static<typeof Change>;

/** Everything open now: the answer to `resume` from null, from the future, or from too long ago. */
export const Snapshot = Type.Object({
  site: Id,
  seq: Type.Integer(),
  at: InstantText,
  incidents: Type.Array(IncidentView),
  states: Type.Array(NodeStateView),
  ingest: IngestReply,
});
export type Snapshot = Static<typeof Snapshot>;

/** Newest values, at most twice a second, only devices that changed; may be skipped for a slow client. */
export const Values = Type.Object({
  site: Id,
  at: InstantText,
  values: Type.Array(
    Type.Object({
      device: Id,
      ts: InstantText,
      arrival: InstantText,
      fields: Type.Record(Type.String(), Type.Number()),
    }),
  ),
});
export type Values = Static<typeof Values>;

/** Nodes whose supply state changed since the last frame, or all of them after a `resume` without snapshot; never skipped. */
export const States = Type.Object({ site: Id, at: InstantText, states: Type.Array(NodeStateView) });
export type States = Static<typeof States>;

/** Every second. A client that misses it for some seconds shows a stale board. */
export const Heartbeat = Type.Object({
  at: InstantText,
  version: Type.String(),
  /** Committed seq per site the socket has resumed: what it should have seen by now. */
  seq: Type.Record(Type.String(), Type.Integer()),
  /** How far the slowest reader of the journal is behind, seconds; null where no ingest runs in this process. */
  ingestLag_s: Type.Union([Type.Number(), Type.Null()]),
});
export type Heartbeat = Static<typeof Heartbeat>;

/** The last word before the server closes the socket; one that is too slow is cut without. */
export const Ended = Type.Object({
  reason: Type.Union([
    Type.Literal('session_ended'),
    Type.Literal('rights_changed'),
    Type.Literal('server_stopping'),
  ]),
});
export type Ended = Static<typeof Ended>;

export interface ServerToClient {
  change: (change: Change) => void;
  snapshot: (snapshot: Snapshot) => void;
  values: (values: Values) => void;
  state: (states: States) => void;
  heartbeat: (heartbeat: Heartbeat) => void;
  ended: (ended: Ended) => void;
}

export interface ClientToServer {
  resume: (request: Resume, answer: (result: LiveAnswer) => void) => void;
  watch: (request: Watch, answer: (result: LiveAnswer) => void) => void;
  leave: (request: Leave, answer: (result: LiveAnswer) => void) => void;
}
