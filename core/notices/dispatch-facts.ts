import { reachedAt } from '../dispatch/clocks.ts';
import { type Dispatch, openOffer } from '../dispatch/dispatch.ts';
import { linkToken } from '../dispatch/link-token.ts';
import type { LinkSigner } from '../ports/link-signer.ts';
import type { Delivery } from '../ports/outbox.ts';
import { clockOf } from './clock-of.ts';
import type { DispatchFacts } from './facts.ts';
import { isHandStage, isIncidentStage } from './notice.ts';

/** Who a message about this dispatch has to name: the engineer who accepted, or is asked. */
export function namedEngineer(dispatch: Dispatch): string | null {
  return dispatch.engineer ?? openOffer(dispatch)?.engineer ?? null;
}

/** What one message says about a dispatch. `linkAt` makes the address of a token; null: no links, the reply code remains. */
export function dispatchFacts(
  delivery: Pick<Delivery, 'stage' | 'recipient'>,
  dispatch: Dispatch,
  engineer: string | null,
  signer: LinkSigner,
  linkAt: ((token: string) => string) | null,
): DispatchFacts {
  const offer =
    delivery.stage === 'offer'
      ? dispatch.offers.findLast((one) => one.engineer === delivery.recipient)
      : undefined;
  const link =
    offer === undefined || linkAt === null
      ? null
      : linkAt(linkToken({ dispatch: dispatch.id, n: offer.n }, signer));
  return {
    severity: dispatch.severity,
    engineer,
    dueAt: dueAt(dispatch, delivery.stage),
    code: offer?.code ?? null,
    link,
  };
}

function dueAt(dispatch: Dispatch, stage: Delivery['stage']): number | null {
  if (isIncidentStage(stage) || isHandStage(stage) || stage === 'offer' || stage === 'stand_down')
    return null;
  const clock = stage === 'go_back' ? 'return_visit' : clockOf(stage).clock;
  const run = dispatch.clocks.findLast((one) => one.clock === clock);
  return run === undefined ? null : reachedAt(run, run.limit_ms);
}
