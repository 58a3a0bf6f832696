import { type Burst, newBurst } from '../detection/burst.ts';
import { newClaim, provenDark } from '../detection/claim.ts';
import { newTold } from '../notices/owed.ts';
import { type GatewayLink, newGatewayLink } from './link-state.ts';
import type { EngineState } from './world.ts';

/**
 * Fills in what the version that wrote a snapshot did not know of yet, as near as the snapshot tells it: an upgrade in the
 * middle of an outage must not lose it.
 */
export function completed(state: EngineState): EngineState {
  for (const record of state.incidents) record.told = { ...newTold(), ...record.told };
  const { links } = state;
  // The newest word through a gateway spoke of about the instant at which it arrived.
  links.gateways = links.gateways.map((link: Partial<GatewayLink> & Pick<GatewayLink, 'heard'>) => ({
    ...newGatewayLink(),
    spoke: link.heard,
    ...link,
  }));
  state.bursts = state.bursts.map((burst) => {
    const claims = new Map(
      [...burst.claims].map(([sensor, claim]) => [sensor, { ...newClaim(sensor), ...claim }]),
    );
    let dark = 0;
    for (const claim of claims.values()) dark |= provenDark(claim);
    const written: Partial<Burst> = burst;
    return { ...newBurst(burst.id, 0, 0, 0, burst.topology), dark, ...written, claims };
  });
  return state;
}
