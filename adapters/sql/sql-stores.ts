import type { Stores } from '../../core/ports/stores.ts';
import type { Dialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/all.ts';
import type { Sql } from './sql.ts';
import { createAttributionStore } from './stores/attribution-store.ts';
import { createAuditChain } from './stores/audit-chain.ts';
import { createAuditLog } from './stores/audit-log.ts';
import { createChannelSettingStore } from './stores/channel-setting-store.ts';
import { createClaimStore } from './stores/claim-store.ts';
import { createCommandQueue } from './stores/command-queue.ts';
import { createDeliverySteps } from './stores/delivery-steps.ts';
import { createCredentialStore, createQuarantine } from './stores/device-access.ts';
import { createDispatchStore } from './stores/dispatch-store.ts';
import { createEstimateStore } from './stores/estimate-store.ts';
import { createEventLog } from './stores/event-log.ts';
import { createEventSteps } from './stores/event-steps.ts';
import { createEvidenceLog } from './stores/evidence-log.ts';
import { createFactStore } from './stores/fact-store.ts';
import { createFundStore } from './stores/fund-store.ts';
import { createHandMessageStore } from './stores/hand-message-store.ts';
import { createInboundStore } from './stores/inbound-store.ts';
import { createIncidentStore } from './stores/incident-store.ts';
import { createLeaseStore } from './stores/lease-store.ts';
import { createMessageCapStore } from './stores/message-cap-store.ts';
import { createMoneyStore } from './stores/money-store.ts';
import { createOutbox } from './stores/outbox.ts';
import { createOwnerStore } from './stores/owner-store.ts';
import { createPayoutStore } from './stores/payout-store.ts';
import { createPeopleStore } from './stores/people-store.ts';
import { createPersonErasure } from './stores/person-erasure.ts';
import { createPersonSteps } from './stores/person-steps.ts';
import { createPlannedStore } from './stores/planned-store.ts';
import { createSchemeStore } from './stores/scheme-store.ts';
import { createSiteStore } from './stores/site-store.ts';
import { createStaffStore } from './stores/staff-store.ts';
import { createSuppressedPhones } from './stores/suppressed-phones.ts';
import { createUserStore } from './stores/user-store.ts';

/** What the two databases do in their own way. */
export interface Engine {
  readonly sql: Sql;
  readonly dialect: Dialect;
  readonly backup: Stores['backup'];
  readonly ready: Stores['ready'];
  readonly close: Stores['close'];
}

/** Every relational port over one database. */
export function createSqlStores({ sql, dialect, backup, ready, close }: Engine): Stores {
  const eventSteps = createEventSteps(dialect);
  const persons = createPersonSteps(dialect);
  const attributions = createAttributionStore(sql, dialect, eventSteps);
  const deliveries = createDeliverySteps(dialect, persons);
  const suppressed = createSuppressedPhones(sql, dialect);
  const chain = createAuditChain(sql, dialect);
  return {
    sites: createSiteStore(sql, dialect, eventSteps, persons, suppressed),
    credentials: createCredentialStore(sql, dialect),
    quarantine: createQuarantine(sql, dialect),
    incidents: createIncidentStore(sql, dialect, deliveries, eventSteps, attributions),
    leases: createLeaseStore(sql, dialect),
    commands: createCommandQueue(sql, dialect),
    events: createEventLog(sql, dialect, eventSteps),
    evidence: createEvidenceLog(sql, dialect),
    outbox: createOutbox(sql, dialect, deliveries, eventSteps),
    handMessages: createHandMessageStore(sql, dialect, deliveries),
    inbound: createInboundStore(sql, dialect),
    channelSettings: createChannelSettingStore(sql, dialect),
    messageCaps: createMessageCapStore(sql, dialect),
    estimates: createEstimateStore(sql, dialect, eventSteps),
    facts: createFactStore(sql, dialect, eventSteps),
    attributions,
    schemes: createSchemeStore(sql, dialect),
    dispatches: createDispatchStore(sql, dialect, deliveries, eventSteps),
    staff: createStaffStore(sql, dialect),
    people: createPeopleStore(sql, dialect, createPersonErasure(sql, dialect, suppressed)),
    owners: createOwnerStore(sql, dialect, deliveries, eventSteps),
    planned: createPlannedStore(sql, dialect, deliveries, eventSteps),
    users: createUserStore(sql, dialect),
    audit: createAuditLog(sql, dialect, chain),
    money: createMoneyStore(sql, dialect, { chain, deliveries, eventSteps }),
    claims: createClaimStore(sql, dialect),
    fund: createFundStore(sql, dialect),
    payouts: createPayoutStore(sql, dialect),
    migrate: () => migrate(sql, dialect, MIGRATIONS),
    backup,
    ready,
    close,
  };
}
