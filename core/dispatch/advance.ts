import type { Instant } from '../units/time.ts';
import { startClock, stopClocks } from './clocks.ts';
import { type Dispatch, type DispatchState, entryTime, isEnded, noted } from './dispatch.ts';
import { answered } from './offer.ts';
import type { Refusal } from './refusal.ts';

/** What people do with a dispatch. */
export type Move = 'accept' | 'decline' | 'travel' | 'arrive' | 'work' | 'restore' | 'visit';

export interface Moving {
  readonly move: Move;
  /** Whose yes or no it is; otherwise who accepted counts. */
  readonly engineer?: string;
  readonly by: string;
  readonly at: Instant;
  readonly note?: string;
  readonly photo?: string;
  readonly key?: string;
  readonly saidAt?: Instant;
}

const ENTRIES_MAX = 1_000;

const TURNS: Readonly<Record<Move, { readonly from: readonly DispatchState[]; readonly to: DispatchState }>> =
  {
    accept: { from: ['offered'], to: 'accepted' },
    decline: { from: ['offered'], to: 'offered' },
    travel: { from: ['accepted'], to: 'travelling' },
    arrive: { from: ['accepted', 'travelling'], to: 'on_site' },
    work: { from: ['on_site'], to: 'working' },
    restore: { from: ['on_site', 'working'], to: 'restored' },
    visit: { from: ['restored'], to: 'return_visit_done' },
  };

/** Moves which a dispatch in this state allows. */
export function movesFrom(state: DispatchState): readonly Move[] {
  return (Object.keys(TURNS) as Move[]).filter((move) => TURNS[move].from.includes(state));
}

export function advance(dispatch: Dispatch, moving: Moving): Dispatch | Refusal {
  const { move, by, note = null, photo = null } = moving;
  if (isEnded(dispatch)) return { refused: 'over' };
  if (dispatch.history.length >= ENTRIES_MAX) return { refused: 'too_many' };
  const { from, to } = TURNS[move];
  if (!from.includes(dispatch.state)) return { refused: 'out_of_turn' };
  const at = entryTime(dispatch, moving.at);
  if (move === 'accept' || move === 'decline') return answer(dispatch, moving, move, at);
  const moved = clocksAfter({ ...dispatch, state: to }, move, at);
  return noted(moved, { at, by, event: eventOf(to), note, photo, ...requestOf(moving) });
}

function answer(
  dispatch: Dispatch,
  moving: Moving,
  move: 'accept' | 'decline',
  at: Instant,
): Dispatch | Refusal {
  const { by, note = null, photo = null } = moving;
  const asked = dispatch.offers.findLast(({ engineer }) => engineer === moving.engineer);
  if (asked === undefined || !['open', 'lapsed'].includes(asked.answer)) return { refused: 'not_asked' };
  if (move === 'decline') {
    const declined = answered(dispatch, asked.n, 'declined', at);
    return noted(declined, { at, by, event: 'declined', note, photo, ...requestOf(moving) });
  }
  const accepted = { ...answered(dispatch, asked.n, 'accepted', at), state: 'accepted' as const };
  const clocks = stopClocks(accepted.clocks, ['dispatch'], at);
  const gone = { ...accepted, engineer: asked.engineer, clocks };
  return noted(gone, { at, by, event: 'accepted', note, photo, ...requestOf(moving) });
}

function requestOf({ key, saidAt }: Moving): Pick<Moving, 'key' | 'saidAt'> {
  return { ...(key === undefined ? {} : { key }), ...(saidAt === undefined ? {} : { saidAt }) };
}

function clocksAfter(dispatch: Dispatch, move: Move, at: Instant): Dispatch {
  switch (move) {
    case 'arrive':
      return { ...dispatch, clocks: stopClocks(dispatch.clocks, ['on_site'], at) };
    case 'restore':
      return { ...dispatch, clocks: startClock(dispatch, 'return_visit', at) };
    case 'visit':
      return { ...dispatch, clocks: stopClocks(dispatch.clocks, ['return_visit'], at) };
    default:
      return dispatch;
  }
}

function eventOf(state: DispatchState): Exclude<DispatchState, 'retracted'> {
  if (state === 'retracted') throw new Error('Nobody moves a dispatch to retracted');
  return state;
}
