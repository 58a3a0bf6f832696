import type { Bus } from '../../core/ports/bus.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';

export interface PlanningDeps {
  readonly stores: Pick<Stores, 'planned' | 'incidents' | 'commands'>;
  readonly sites: SiteDirectory;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** How often plans are looked at. */
  readonly tick_ms?: number;
}
