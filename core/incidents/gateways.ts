import { type Burst, CLOCK_ERROR_MS } from '../detection/burst.ts';
import { provenDark } from '../detection/claim.ts';
import { unitsUnder } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import type { World } from './world.ts';

/** A will comes this much after the last word at the most: one and a half times the usual keep-alive, and some. */
const WILL_REACH_MS = 120_000;

/** Its will stands for every loss that may have taken it along. */
export function loseGateway(world: World, gateway: number): void {
  for (const burst of world.state.bursts) {
    if (!burst.past && burst.restored === 0) joinGateway(world, burst, gateway);
  }
}

/** `lostAt`: the last word of a gateway before its newest will. */
export function joinGateway(world: World, burst: Burst, gateway: number): void {
  const lostAt = world.state.links.gateways[gateway]?.lostAt ?? 0;
  const together = lostAt >= burst.from - WILL_REACH_MS && lostAt <= burst.to + CLOCK_ERROR_MS;
  if (lostAt > 0 && together) world.judge(burst).loseGateway(gateway);
}

/** After a return of supply its gateways are back within this time, or they were away for another reason. */
const GATEWAY_BOOT_MS = 90_000;

/** Gateways that were lost with a burst and came back with the units beside them hang on what failed. */
export function welcomeGateways(world: World, burst: Burst): void {
  if (burst.gateways.length === burst.gatewaysBack.length) return;
  for (const gateway of burst.gateways) {
    const backAt = world.state.links.gateways[gateway]?.backAt ?? 0;
    if (backAt === 0 || burst.gatewaysBack.includes(gateway)) continue;
    const after = backAt - returnBeside(world, burst, gateway);
    if (after >= 0 && after <= GATEWAY_BOOT_MS) world.judge(burst).returnGateway(gateway);
  }
}

/** When the first unit below what feeds a gateway came back; later than anything while none has. */
function returnBeside(world: World, burst: Burst, gateway: number): Instant {
  const { network } = world.topology(burst.topology);
  const power = network.index.get(world.site.gateways[gateway]?.poweredBy ?? '');
  let first = Number.POSITIVE_INFINITY;
  for (const unit of power === undefined ? [] : unitsUnder(network, power)) {
    for (const sensor of world.metersOf.get(unit) ?? []) {
      const claim = burst.claims.get(sensor);
      if (claim !== undefined && provenDark(claim) !== 0 && claim.until > 0)
        first = Math.min(first, claim.until);
    }
  }
  return first;
}
