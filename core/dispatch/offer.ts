import type { Instant } from '../units/time.ts';
import { runningClock, startClock } from './clocks.ts';
import { type Dispatch, entryTime, isEnded, noted, type OfferAnswer } from './dispatch.ts';
import type { Refusal } from './refusal.ts';

/** Engineers asked for one incident; beyond this somebody must think of something else. */
const OFFERS_MAX = 100;

export interface Asking {
  readonly engineer: string;
  readonly by: string;
  readonly at: Instant;
  /** Four digits by chance, for the reply. */
  readonly code: string;
  readonly note?: string;
}

/** Asks an engineer. Another who was asked or is on the way is relieved, and the wait for a yes begins anew. */
export function offer(dispatch: Dispatch, asking: Asking): Dispatch | Refusal {
  if (isEnded(dispatch) || dispatch.state === 'restored') return { refused: 'over' };
  if (dispatch.offers.length >= OFFERS_MAX) return { refused: 'too_many' };
  const at = entryTime(dispatch, asking.at);
  const offers = dispatch.offers.map((one) =>
    one.answer === 'open' || one.answer === 'accepted'
      ? { ...one, answer: 'withdrawn' as const, answeredAt: at }
      : one,
  );
  const { engineer, by, code, note = null } = asking;
  const asked = { n: offers.length + 1, engineer, at, by, code, answer: 'open' as const, answeredAt: null };
  const waiting = runningClock(dispatch, 'dispatch') === null;
  const after: Dispatch = {
    ...dispatch,
    state: 'offered',
    engineer: null,
    offers: [...offers, asked],
    clocks: waiting ? startClock(dispatch, 'dispatch', at) : dispatch.clocks,
  };
  return noted(withOnSite(after, at), { at, by, event: 'offered', note });
}

/** A relieved engineer may have been there already; the next has not. */
function withOnSite(dispatch: Dispatch, at: Instant): Dispatch {
  if (runningClock(dispatch, 'on_site') !== null) return dispatch;
  return { ...dispatch, clocks: startClock(dispatch, 'on_site', at) };
}

/** The answer of who was asked. A yes is welcome from everybody asked who has not said no, as long as nobody else said it. */
export function answered(
  dispatch: Dispatch,
  n: number,
  answer: Extract<OfferAnswer, 'accepted' | 'declined'>,
  at: Instant,
): Dispatch {
  const offers = dispatch.offers.map((one) => {
    if (one.n === n) return { ...one, answer, answeredAt: at };
    return answer === 'accepted' && one.answer === 'open'
      ? { ...one, answer: 'withdrawn' as const, answeredAt: at }
      : one;
  });
  return { ...dispatch, offers };
}
