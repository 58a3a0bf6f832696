import type { LedgerEntry } from '../interruptions/interruption.ts';
import type { Notice } from '../notices/notice.ts';
import type { DecodedMessage } from '../readings/message.ts';
import type { NetworkNode } from '../topology/site.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { IncidentCause } from './cause.ts';
import type { Incident } from './incident.ts';

/** What people and neighbours tell the engine (DESIGN 4.3). `node` means the open incident whose root it is. */
export type Command =
  | {
      readonly type: 'planned';
      readonly id: string;
      readonly nodes: readonly string[];
      readonly from: Instant;
      readonly to: Instant;
    }
  | { readonly type: 'cancel_planned'; readonly id: string }
  | { readonly type: 'tie'; readonly id: string; readonly closed: boolean }
  | { readonly type: 'transfer'; readonly id: string; readonly to: 'normal' | 'alternate' }
  | { readonly type: 'breaker'; readonly node: string; readonly closed: boolean }
  | { readonly type: 'topology'; readonly nodes: readonly NetworkNode[] }
  | { readonly type: 'acknowledge'; readonly node: string; readonly by?: string }
  | {
      readonly type: 'confirm_restored';
      readonly node: string;
      readonly reason?: string;
      readonly by?: string;
    }
  | {
      readonly type: 'open';
      readonly node: string;
      readonly from: Instant;
      readonly reason: string;
      readonly by?: string;
    }
  | Amend
  | GiveOutlook
  | {
      readonly type: 'out_of_service';
      readonly device: string;
      /** False: back in service. */
      readonly out: boolean;
      readonly reason: string;
      readonly by?: string;
    }
  | { readonly type: 'broker_restart' }
  /** `blindFrom`: the last instant at which the engine is known to have listened. */
  | { readonly type: 'ingest_restart'; readonly blindFrom?: Instant };

/** What a person knows better than the evidence; it stands whatever is heard later. */
export interface Amend {
  readonly type: 'amend';
  readonly incident: string;
  /** How it stood, so that a replay, which names incidents otherwise, finds it too. */
  readonly root?: string;
  readonly onset?: Instant;
  /** The loss began here: for the incident and every unit lost with its root. */
  readonly from?: Instant;
  /** Units and when they were dark: those not listed yet are added; `to` null for still dark. */
  readonly units?: readonly {
    readonly node: string;
    readonly from?: Instant;
    readonly to?: Instant | null;
  }[];
  /** Units that had supply all along. */
  readonly without?: readonly string[];
  readonly cause?: string;
  readonly reason: string;
  readonly by?: string;
}

/** What an engineer tells those who wait: why, and until when. What is left out stays as it was; null takes it back. */
export interface GiveOutlook {
  readonly type: 'outlook';
  readonly incident: string;
  /** How it stood, so that a replay, which names incidents otherwise, finds it too. */
  readonly root?: string;
  readonly onset?: Instant;
  readonly cause?: IncidentCause | null;
  /** When supply is expected to be back. */
  readonly eta?: Instant | null;
  readonly by?: string;
}

/** Everything that can move the engine. `at` never falls from one input to the next; ticks stand on whole seconds. */
export type EngineInput =
  | {
      readonly kind: 'message';
      readonly at: Instant;
      readonly message: DecodedMessage;
      readonly stored: boolean;
      /** The offset that put the message on our clock when it first arrived; without it the engine finds its own. */
      readonly skew_ms?: number;
    }
  | { readonly kind: 'command'; readonly at: Instant; readonly command: Command }
  | { readonly kind: 'tick'; readonly at: Instant };

/** What one input changed; applied to the store in one transaction. Empty for nearly every message. */
export interface Changes {
  /** Whole incidents as they now stand, only those that changed. */
  readonly incidents: readonly Incident[];
  readonly ledger: readonly LedgerEntry[];
  readonly notices: readonly Notice[];
}

/** One device's present evidence, for boards and work lists. */
export interface NodeState {
  readonly node: string;
  readonly state: 'lit' | 'dark' | 'unknown';
  readonly incident: string | null;
}

/** What the engine made of its last message: what a log of evidence needs to know. Stored messages are not heard. */
export interface Heard {
  /** To be kept as it came; one more sign that all is as it was; or nothing at all: a repeat, or far too late. */
  readonly worth: 'remarkable' | 'live' | 'nothing';
  /** Added to the device's own instant to put it on our clock; null when it gave none. */
  readonly skew_ms: number | null;
  /** The instant it speaks of, on our clock. */
  readonly at: Instant;
  /** When its device last started, as far as is known; 0 when it does not say. */
  readonly boot: Instant;
  /** Phases it shows live. */
  readonly lit: PhaseMask;
  /** How many losses have begun so far. */
  readonly bursts: number;
}

/**
 * The verdict machine of one site: a fold over its inputs, deterministic, without clock, chance or I/O.
 * `snapshot` is a JSON value; an engine restored from it answers every further input as the original would.
 */
export interface SiteEngine {
  apply(input: EngineInput): Changes;
  /** Devices to be asked for a reading, as of the last tick: an answer would prove that supply is back. */
  asks(): readonly string[];
  /** The supply state of every node as the engine sees it. */
  nodeStates(): readonly NodeState[];
  openIncidents(): readonly Incident[];
  /** Whether the incident can still be amended: it is open, or was not long ago. */
  remembers(incident: string): boolean;
  /** Devices that people took out of service, beside those of the site file. */
  outOfService(): readonly string[];
  /** Valid until the next input. An engine that cannot tell has every message kept. */
  heard?(): Heard;
  /** Commands that bring an engine without a past to what was told and still holds. */
  standing?(): readonly Command[];
  snapshot(): unknown;
}

/** Names the n-th incident or interruption the engine opens; deterministic, so that a replayed journal gives the same ids. */
export type NewId = (kind: 'incident' | 'interruption', at: Instant, ordinal: number) => string;
