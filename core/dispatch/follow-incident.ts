import type { Incident } from '../incidents/incident.ts';
import type { Instant } from '../units/time.ts';
import type { ClockName } from './clock-name.ts';
import { runningClock, startClock, stopClocks } from './clocks.ts';
import { type Dispatch, entryTime, isUnderWay, noted, SYSTEM } from './dispatch.ts';

type Followed = Pick<Incident, 'state' | 'restoredAt'>;

/** Brings the dispatch to where its incident stands; the same object when there is nothing to follow. */
export function followIncident(dispatch: Dispatch, incident: Followed, now: Instant): Dispatch {
  switch (incident.state) {
    case 'retracted':
    case 'merged':
      return retract(dispatch, now);
    case 'restored':
      return dispatch.supplyBack ? dispatch : restore(dispatch, incident.restoredAt ?? now, now);
    case 'open':
      return dispatch.supplyBack ? reopen(dispatch, now) : dispatch;
  }
}

function retract(dispatch: Dispatch, now: Instant): Dispatch {
  if (dispatch.state === 'retracted' || dispatch.state === 'return_visit_done') return dispatch;
  const at = entryTime(dispatch, now);
  const ended = withdrawn({ ...dispatch, state: 'retracted' }, at);
  return noted(
    { ...ended, clocks: stopClocks(ended.clocks, 'all', at) },
    { at, by: SYSTEM, event: 'retracted' },
  );
}

/** Supply is back since `since`. Whoever was on the way still looks again; if nobody was, nobody need go. */
function restore(dispatch: Dispatch, since: Instant, now: Instant): Dispatch {
  const at = entryTime(dispatch, now);
  const stop = Math.max(since, entryTime(dispatch, since));
  const back = { ...dispatch, supplyBack: true, resumeAs: dispatch.state };
  if (dispatch.state === 'offered') {
    const ended = withdrawn({ ...back, state: 'stood_down' }, at);
    const clocks = stopClocks(ended.clocks, ['dispatch', 'on_site'], stop);
    return noted({ ...ended, clocks }, { at, by: SYSTEM, event: 'stood_down' });
  }
  if (!isUnderWay(dispatch)) return back;
  const stopped = { ...back, state: 'restored' as const, clocks: stopClocks(back.clocks, ['on_site'], stop) };
  const clocks = startClock(stopped, 'return_visit', since);
  return noted({ ...stopped, clocks }, { at, by: SYSTEM, event: 'restored' });
}

/** It was not over: back to where it stood, with fresh clocks for what has yet to happen. */
function reopen(dispatch: Dispatch, now: Instant): Dispatch {
  const at = entryTime(dispatch, now);
  const { resumeAs } = dispatch;
  const under = resumeAs !== null && isUnderWay({ state: resumeAs }) && dispatch.state === 'restored';
  const state = under ? resumeAs : 'offered';
  let after: Dispatch = {
    ...dispatch,
    state,
    engineer: under ? dispatch.engineer : null,
    supplyBack: false,
    resumeAs: null,
    clocks: stopClocks(dispatch.clocks, ['return_visit'], at),
  };
  const waited: readonly ClockName[] =
    state === 'offered'
      ? ['dispatch', 'on_site']
      : state === 'on_site' || state === 'working'
        ? []
        : ['on_site'];
  for (const clock of waited) {
    if (runningClock(after, clock) === null) after = { ...after, clocks: startClock(after, clock, at) };
  }
  return noted(after, { at, by: SYSTEM, event: 'reopened' });
}

/** The engineer of a dispatch that became part of this one comes along, if nobody goes yet. */
export function adoptEngineer(into: Dispatch, from: Dispatch, now: Instant): Dispatch {
  if (into.state !== 'offered' || from.engineer === null || !isUnderWay(from)) return into;
  const at = entryTime(into, now);
  const free = withdrawn(into, at);
  const code = from.offers.findLast(({ engineer }) => engineer === from.engineer)?.code ?? '0000';
  const offer = {
    n: free.offers.length + 1,
    engineer: from.engineer,
    at,
    by: SYSTEM,
    code,
    answer: 'accepted' as const,
    answeredAt: at,
  };
  const arrived = from.state === 'on_site' || from.state === 'working';
  const clocks = stopClocks(free.clocks, arrived ? ['dispatch', 'on_site'] : ['dispatch'], at);
  const adopted = {
    ...free,
    state: from.state,
    engineer: from.engineer,
    offers: [...free.offers, offer],
    clocks,
  };
  return noted(adopted, { at, by: SYSTEM, event: 'adopted', note: from.incident });
}

/** The owners have their message and a first estimate since `since`. */
export function markInformed(dispatch: Dispatch, since: Instant, now: Instant): Dispatch {
  const at = entryTime(dispatch, now);
  // The receipt may be older than the last entry; what was acted on stays before it.
  const stop = entryTime({ history: [], steps: dispatch.steps }, since);
  return noted(
    { ...dispatch, clocks: stopClocks(dispatch.clocks, ['informed'], stop) },
    { at, by: SYSTEM, event: 'informed' },
  );
}

function withdrawn(dispatch: Dispatch, at: Instant): Dispatch {
  const offers = dispatch.offers.map((offer) =>
    offer.answer === 'open' ? { ...offer, answer: 'withdrawn' as const, answeredAt: at } : offer,
  );
  return { ...dispatch, offers };
}
