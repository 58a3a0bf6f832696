import type { Instant } from '../units/time.ts';
import type { ClockName } from './clock-name.ts';
import type { DispatchRules, Severity } from './settings.ts';

/**
 * offered: an engineer has been asked, or nobody yet · stood_down: supply came back before anybody set out · retracted: the
 * incident turned out to be none, or became part of another.
 */
export type DispatchState =
  | 'offered'
  | 'accepted'
  | 'travelling'
  | 'on_site'
  | 'working'
  | 'restored'
  | 'return_visit_done'
  | 'stood_down'
  | 'retracted';

/** Time that does not count. `to` null: it lasts. */
export interface Pause {
  readonly from: Instant;
  readonly to: Instant | null;
  readonly reason: string;
  readonly by: string;
}

/** One run of a clock; a reopened incident starts the next round of it. Instants only, so no change of the wall clock moves it. */
export interface ClockRun {
  readonly clock: ClockName;
  readonly round: number;
  readonly startedAt: Instant;
  readonly stoppedAt: Instant | null;
  readonly limit_ms: number;
  readonly pauses: readonly Pause[];
}

export type OfferAnswer = 'open' | 'accepted' | 'declined' | 'lapsed' | 'withdrawn';

/** One engineer asked to go. `n` counts from 1. */
export interface Offer {
  readonly n: number;
  /** Person id. */
  readonly engineer: string;
  readonly at: Instant;
  readonly by: string;
  /** What the engineer replies with by SMS; four digits. */
  readonly code: string;
  readonly answer: OfferAnswer;
  readonly answeredAt: Instant | null;
}

export type DispatchEvent =
  | Exclude<DispatchState, 'retracted'>
  | 'opened'
  | 'declined'
  | 'lapsed'
  | 'paused'
  | 'resumed'
  | 'informed'
  | 'reopened'
  | 'adopted'
  | 'retracted';

export interface DispatchEntry {
  readonly at: Instant;
  /** User or person id, or `relight`. */
  readonly by: string;
  readonly event: DispatchEvent;
  readonly note: string | null;
  /** Id of a stored photo. */
  readonly photo: string | null;
  /** Of the request: the same again is the same entry. */
  readonly key?: string;
  /** When it was said, by the clock of a telephone that had no network then; `at` is when it came in. */
  readonly saidAt?: Instant;
}

/** A warning, escalation or lapse that was acted on; `at` is when it fell due, whenever somebody got round to it. */
export interface TakenStep {
  readonly key: string;
  readonly at: Instant;
}

/** One incident's dispatch: plain data, changed only by the functions of this folder. */
export interface Dispatch {
  readonly id: string;
  readonly site: string;
  readonly incident: string;
  readonly severity: Severity;
  /** As they were when it opened: an edit of the settings moves no clock that runs. */
  readonly rules: DispatchRules;
  readonly state: DispatchState;
  /** Person id of who accepted. */
  readonly engineer: string | null;
  readonly openedAt: Instant;
  /** The incident has said that supply is back; unlike an engineer's word it can be taken back. */
  readonly supplyBack: boolean;
  /** Where it stood when supply came back. */
  readonly resumeAs: DispatchState | null;
  readonly clocks: readonly ClockRun[];
  readonly offers: readonly Offer[];
  readonly history: readonly DispatchEntry[];
  readonly steps: readonly TakenStep[];
  /** Newest revision told, by `recipient stage`. */
  readonly told: Readonly<Record<string, number>>;
}

/** Who acts, when the system itself does. */
export const SYSTEM = 'relight';

const ENDED: ReadonlySet<DispatchState> = new Set(['return_visit_done', 'stood_down', 'retracted']);

export function isEnded({ state }: Pick<Dispatch, 'state'>): boolean {
  return ENDED.has(state);
}

/** An engineer has said yes and supply is not back yet. */
export function isUnderWay({ state }: Pick<Dispatch, 'state'>): boolean {
  return state === 'accepted' || state === 'travelling' || state === 'on_site' || state === 'working';
}

/** The offer that waits for an answer. */
export function openOffer({ offers }: Pick<Dispatch, 'offers'>): Offer | null {
  return offers.findLast(({ answer }) => answer === 'open') ?? null;
}

/**
 * `now`, but after everything the record already knows: clocks of two machines differ, and what was acted on must not
 * become undone by an entry dated before it.
 */
export function entryTime({ history, steps }: Pick<Dispatch, 'history' | 'steps'>, now: Instant): Instant {
  const entered = history.at(-1)?.at ?? now;
  const taken = steps.reduce((latest, step) => Math.max(latest, step.at + 1), now);
  return Math.max(now, entered, taken);
}

export function noted(
  dispatch: Dispatch,
  entry: Pick<DispatchEntry, 'at' | 'by' | 'event'> & Partial<DispatchEntry>,
): Dispatch {
  return { ...dispatch, history: [...dispatch.history, { note: null, photo: null, ...entry }] };
}
