import type { AttributionStore } from './attribution-store.ts';
import type { ChannelSettingStore } from './channel-setting-store.ts';
import type { CredentialStore, Quarantine } from './device-access.ts';
import type { DispatchStore } from './dispatch-store.ts';
import type { EstimateStore } from './estimate-store.ts';
import type { EventLog } from './event-log.ts';
import type { EvidenceLog } from './evidence-log.ts';
import type { FactStore } from './fact-store.ts';
import type { HandMessageStore } from './hand-message-store.ts';
import type { InboundStore } from './inbound-store.ts';
import type { CommandQueue, IncidentStore, LeaseStore } from './incident-store.ts';
import type { MessageCapStore } from './message-cap-store.ts';
import type { ClaimStore, FundStore, MoneyStore, PayoutStore } from './money-store.ts';
import type { Outbox } from './outbox.ts';
import type { OwnerStore } from './owner-store.ts';
import type { AuditLog, UserStore } from './people.ts';
import type { PeopleStore } from './people-store.ts';
import type { PlannedStore } from './planned-store.ts';
import type { SchemeStore } from './scheme-store.ts';
import type { SiteStore } from './site-store.ts';
import type { StaffStore } from './staff-store.ts';

/** Everything relational, over one database. Every method rejects with StoreUnavailable when the database is away. */
export interface Stores {
  readonly sites: SiteStore;
  readonly credentials: CredentialStore;
  readonly quarantine: Quarantine;
  readonly incidents: IncidentStore;
  readonly leases: LeaseStore;
  readonly commands: CommandQueue;
  readonly events: EventLog;
  readonly evidence: EvidenceLog;
  readonly outbox: Outbox;
  readonly handMessages: HandMessageStore;
  readonly inbound: InboundStore;
  readonly channelSettings: ChannelSettingStore;
  readonly messageCaps: MessageCapStore;
  readonly estimates: EstimateStore;
  readonly facts: FactStore;
  readonly attributions: AttributionStore;
  readonly schemes: SchemeStore;
  readonly dispatches: DispatchStore;
  readonly staff: StaffStore;
  readonly people: PeopleStore;
  readonly owners: OwnerStore;
  readonly planned: PlannedStore;
  readonly users: UserStore;
  readonly audit: AuditLog;
  readonly money: MoneyStore;
  readonly claims: ClaimStore;
  readonly fund: FundStore;
  readonly payouts: PayoutStore;
  /**
   * Applies forward migrations up to this program's version and says from which version to which; refuses a database from a
   * newer program. An empty database has version 0.
   */
  migrate(): Promise<{ readonly from: number; readonly to: number }>;
  /** Writes a consistent, checked copy while others work and never over an existing file; the embedded store only. */
  backup(toFile: string): Promise<void>;
  /** Resolves with name and version of the database. */
  ready(): Promise<string>;
  close(): Promise<void>;
}
