import type { Scheme } from '../core/compensation/compiled.ts';
import type { Bus } from '../core/ports/bus.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { EstimateStore } from '../core/ports/estimate-store.ts';
import type { EventLog } from '../core/ports/event-log.ts';
import type { FactStore } from '../core/ports/fact-store.ts';
import type { IncidentStore } from '../core/ports/incident-store.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { ClaimStore, FundStore, MoneyStore } from '../core/ports/money-store.ts';
import type { PeopleStore } from '../core/ports/people-store.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

export interface SettlementLimits {
  /** How often event rows are looked for without a nudge. */
  readonly poll_ms: number;
  /** Changes of one incident that come together are assessed together. */
  readonly gather_ms: number;
  /** How old a running estimate may grow; far below the 90 minutes within which the first is owed. */
  readonly refresh_ms: number;
}

export const SETTLEMENT_LIMITS: SettlementLimits = { poll_ms: 5_000, gather_ms: 1_000, refresh_ms: 600_000 };

export interface SettlementDeps {
  readonly events: EventLog;
  readonly incidents: IncidentStore;
  readonly estimates: EstimateStore;
  readonly claims: ClaimStore;
  readonly money: MoneyStore;
  readonly fund: Pick<FundStore, 'verify'>;
  readonly facts: Pick<FactStore, 'about'>;
  readonly people: Pick<PeopleStore, 'list'>;
  readonly sites: SiteDirectory;
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Names this process in the log. */
  readonly holder: string;
  readonly limits?: Partial<SettlementLimits>;
}
