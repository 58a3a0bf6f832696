import type { DispatchStage, Owed } from '../notices/notice.ts';
import type { Instant } from '../units/time.ts';
import { type Dispatch, isUnderWay } from './dispatch.ts';
import { owe, type Reachable } from './tell.ts';

/** What engineers have to learn from a change: that they are asked, that they need not go, that supply is back and a visit due. */
export function oweChange(
  before: Dispatch,
  after: Dispatch,
  who: Reachable,
  at: Instant,
): { readonly dispatch: Dispatch; readonly notices: readonly Owed<DispatchStage>[] } {
  let dispatch = after;
  const notices: Owed<DispatchStage>[] = [];
  const tell = (engineer: string, stage: DispatchStage): void => {
    const phone = who.phoneOf(engineer);
    if (phone === null) return;
    const owed = owe(dispatch, phone, stage, at);
    dispatch = owed.dispatch;
    notices.push(owed.notice);
  };
  for (const engineer of relieved(before, after)) tell(engineer, 'stand_down');
  for (const offer of after.offers.slice(before.offers.length)) tell(offer.engineer, 'offer');
  const nowBack = after.supplyBack && !before.supplyBack && after.state === 'restored';
  if (nowBack && after.engineer !== null && before.state !== 'restored') tell(after.engineer, 'go_back');
  return { dispatch, notices };
}

function relieved(before: Dispatch, after: Dispatch): ReadonlySet<string> {
  const engineers = new Set<string>();
  for (const [i, offer] of before.offers.entries()) {
    const standing = offer.answer === 'open' || offer.answer === 'accepted';
    if (standing && after.offers[i]?.answer === 'withdrawn') engineers.add(offer.engineer);
  }
  const kept = after.engineer !== null && after.state !== 'retracted';
  if (isUnderWay(before) && before.engineer !== null && !kept && after.state !== 'return_visit_done') {
    engineers.add(before.engineer);
  }
  const asked = after.offers.slice(before.offers.length).map(({ engineer }) => engineer);
  return new Set([...engineers].filter((engineer) => !asked.includes(engineer)));
}
