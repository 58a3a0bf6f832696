import type { Burst } from '../detection/burst.ts';
import { type Claim, cameBack, provenDark, reportedDark } from '../detection/claim.ts';
import type { Instant } from '../units/time.ts';
import { SAME_RETURN_MS } from './nesting.ts';
import type { World } from './world.ts';

export interface Stray {
  readonly from: Burst;
  readonly claim: Claim;
}

/**
 * Where losses overlap, a unit that told nothing of its own is put with one of them by its return alone, perhaps before
 * anybody who had reported a loss was heard again. Once such a reporter is, those that came back with it are of its burst,
 * whichever of the messages came first. Gives them when the claim is the burst's earliest such return.
 */
export function straysOf(world: World, burst: Burst, claim: Claim, slack_ms: number): readonly Stray[] {
  if (burst.past || claim.until === 0 || reportedDark(claim) === 0) return [];
  if (burst.reporterBack !== 0 && burst.reporterBack <= claim.until) return [];
  burst.reporterBack = claim.until;
  const strays: Stray[] = [];
  for (const from of world.state.bursts) {
    if (from === burst || from.past || from.nestedUnder !== 0) continue;
    for (const stray of from.claims.values()) {
      if (isOfAny(stray) && fits(burst, stray, slack_ms) && isNearer(burst, from, stray.until))
        strays.push({ from, claim: stray });
    }
  }
  return strays;
}

/** Known by its return alone. */
function isOfAny(claim: Claim): boolean {
  return claim.until > 0 && cameBack(claim) && provenDark(claim) !== 0 && reportedDark(claim) === 0;
}

/** Whether it may have been lost with a burst. */
function fits(burst: Burst, { sensor, since, until }: Claim, slack_ms: number): boolean {
  if (since > burst.to + slack_ms || until < burst.from - slack_ms) return false;
  const known = burst.claims.get(sensor);
  return known === undefined || (known.lit === 0 && provenDark(known) === 0);
}

function isNearer(burst: Burst, from: Burst, until: Instant): boolean {
  const apart = Math.abs(until - burst.reporterBack);
  const before = from.reporterBack === 0 ? Number.POSITIVE_INFINITY : Math.abs(until - from.reporterBack);
  return apart <= SAME_RETURN_MS && apart < before;
}
