import type { DispatchView } from '../../../contracts/http/dispatch.ts';

export type Clock = DispatchView['clocks'][number];
export type Move = DispatchView['moves'][number];

/** fine · near: less than a third of the limit is left · over: the limit has passed. */
export type Urgency = 'fine' | 'near' | 'over';

export interface Limit {
  readonly clock: Clock['clock'];
  /** Until the limit; negative beyond it. */
  readonly left_ms: number;
  /** What is left of the limit, 0 to 1. */
  readonly share: number;
  readonly urgency: Urgency;
}

export function limitOf({ clock, dueAt, limit_s }: Clock, now: number): Limit | null {
  if (dueAt === null) return null;
  const left_ms = Date.parse(dueAt) - now;
  const share = Math.max(0, Math.min(1, left_ms / (limit_s * 1000)));
  return { clock, left_ms, share, urgency: left_ms < 0 ? 'over' : share < 1 / 3 ? 'near' : 'fine' };
}

/** The limit people look at: the first to fall due of the clocks that run. */
export function nextLimit({ clocks }: Pick<DispatchView, 'clocks'>, now: number): Limit | null {
  const limits = clocks
    .filter(({ stoppedAt }) => stoppedAt === null)
    .flatMap((clock) => limitOf(clock, now) ?? []);
  return limits.sort((a, b) => a.left_ms - b.left_ms)[0] ?? null;
}

/** Who was asked last and has not answered. */
export function askedOf({ offers }: Pick<DispatchView, 'offers'>): string | null {
  return offers.findLast(({ answer }) => answer === 'open')?.engineer ?? null;
}

/** The step forward is one button; no, and what skips a step, stand behind it. */
export function nextMove({ moves }: Pick<DispatchView, 'moves'>): Move | null {
  const forward: readonly Move[] = ['accept', 'arrive', 'restore', 'visit'];
  return forward.find((move) => moves.includes(move)) ?? moves.find((move) => move !== 'decline') ?? null;
}

export function reachedAt(dispatch: DispatchView, step: 'accepted' | 'on_site'): string | null {
  if (dispatch.state === 'offered') return null;
  const order = ['accepted', 'travelling', 'on_site', 'working', 'restored', 'return_visit_done'];
  if (order.indexOf(dispatch.state) < order.indexOf(step)) return null;
  return dispatch.history.findLast(({ event }) => event === step)?.at ?? null;
}
