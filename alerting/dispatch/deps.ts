import type { Bus } from '../../core/ports/bus.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';

export interface DispatchingLimits {
  /** How often clocks are looked at. */
  readonly tick_ms: number;
  /** How often event rows are looked for without a nudge. */
  readonly poll_ms: number;
  /** How often it is asked whether the owners of an incident are informed. */
  readonly informed_ms: number;
}

export const DISPATCHING_LIMITS: DispatchingLimits = { tick_ms: 1_000, poll_ms: 2_000, informed_ms: 5_000 };

export interface DispatchingDeps {
  readonly stores: Pick<Stores, 'dispatches' | 'staff' | 'incidents' | 'events' | 'people'>;
  readonly sites: SiteDirectory;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** An id that says nothing, short enough for a link in a message. */
  readonly newId: () => string;
  /** Four digits by chance. */
  readonly newCode: () => string;
  readonly limits?: Partial<DispatchingLimits>;
}
