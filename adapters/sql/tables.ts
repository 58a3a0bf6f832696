/**
 * Every table as the statements see it. Instants are epoch ms, flags 0 or 1, `*_json` columns JSON text.
 * The migrations create exactly this.
 */
export interface Database {
  migration: MigrationTable;
  site: SiteTable;
  person: PersonTable;
  premises_person: PremisesPersonTable;
  opt_out: OptOutTable;
  device_credential: DeviceCredentialTable;
  quarantine: QuarantineTable;
  lease: LeaseTable;
  ingest_position: IngestPositionTable;
  command: CommandTable;
  incident: IncidentTable;
  interruption: InterruptionTable;
  interruption_cause: InterruptionCauseTable;
  ledger: LedgerTable;
  event_counter: EventCounterTable;
  event: EventTable;
  event_cursor: EventCursorTable;
  delivery: DeliveryTable;
  early_receipt: EarlyReceiptTable;
  estimate: EstimateTable;
  dispatch: DispatchTable;
  dispatch_photo: DispatchPhotoTable;
  staff: StaffTable;
  site_document: SiteDocumentTable;
  signing_key: SigningKeyTable;
  person_profile: PersonProfileTable;
  suppressed_phone: SuppressedPhoneTable;
  account: AccountTable;
  session: SessionTable;
  link: LinkTable;
  audit: AuditTable;
  audit_head: AuditHeadTable;
  evidence: EvidenceTable;
  evidence_through: EvidenceThroughTable;
  channel_setting: ChannelSettingTable;
  inbound_message: InboundMessageTable;
  hand_message: HandMessageTable;
  message_cap: MessageCapTable;
  planned_outage: PlannedOutageTable;
  owner_rating: OwnerRatingTable;
  dark_report: DarkReportTable;
  claim: ClaimTable;
  fund_head: FundHeadTable;
  fund_entry: FundEntryTable;
  fund_posting: FundPostingTable;
  fund_balance: FundBalanceTable;
  fund_year: FundYearTable;
  payout_batch: PayoutBatchTable;
  payout: PayoutTable;
  bank_account: BankAccountTable;
  money_request: MoneyRequestTable;
  case_fact: CaseFactTable;
  attribution: AttributionTable;
  scheme_file: SchemeFileTable;
}

export interface MigrationTable {
  id: number;
  name: string;
  checksum: string;
  applied_at: number;
}

/** `site_json` and `file_json` hold no people; `premises_person` does. */
export interface SiteTable {
  id: string;
  name: string;
  simulated: number;
  version: number;
  saved_at: number;
  saved_by: string;
  site_json: string;
  file_json: string;
}

/** The one place where names and phones live. A person id says nothing about the person. */
export interface PersonTable {
  site: string;
  id: string;
  /** Null for the duty desk and for an erased person. */
  phone: string | null;
  name: string;
  language: 'zh-CN' | 'en';
  /** Goes into the hash of every body sent; erasing it makes those hashes say nothing. */
  salt: string;
  opted_out: number;
}

/** Who owns or occupies a premises, as the site file said it; `given_json` keeps unknown keys for export. */
export interface PremisesPersonTable {
  site: string;
  premises: string;
  role: 'owner' | 'occupant';
  person: string;
  name: string;
  language: 'zh-CN' | 'en';
  given_json: string;
}

export interface OptOutTable {
  site: string;
  person: string;
  at: number;
  opted_out: number;
  evidence: string;
}

export interface DeviceCredentialTable {
  site: string;
  id: string;
  sha256: string;
  set_at: number;
}

export interface QuarantineTable {
  subject: string;
  kind: 'unknown_client' | 'bad_secret' | 'unknown_device';
  address: string;
  first_seen: number;
  last_seen: number;
  count: number;
  sample: string | null;
}

export interface LeaseTable {
  site: string;
  holder: string;
  epoch: number;
  expires_at: number;
}

export interface IngestPositionTable {
  site: string;
  position: number;
  at: number;
}

export interface CommandTable {
  site: string;
  id: string;
  request_key: string | null;
  command_json: string;
  given_by: string;
  given_at: number;
  taken: number;
}

export interface IncidentTable {
  site: string;
  id: string;
  kind: string;
  state: string;
  root: string;
  open: number;
  detected_at: number;
  /** Of the write that last changed it; the same position is the same incident. */
  position: number;
  body_json: string;
}

/** The fold of `ledger`, one row an interruption. */
export interface InterruptionTable {
  site: string;
  id: string;
  premises: string | null;
  node: string;
  from_at: number;
  to_at: number | null;
  voided: number;
  body_json: string;
}

export interface InterruptionCauseTable {
  site: string;
  incident: string;
  interruption: string;
}

/** Append-only. (position, ordinal) is the order of writing: the journal offset, then the place inside its changes. */
export interface LedgerTable {
  site: string;
  position: number;
  ordinal: number;
  interruption: string;
  type: 'opened' | 'closed' | 'corrected' | 'voided';
  at: number;
  reason: string;
  body_json: string;
}

export interface EventCounterTable {
  site: string;
  seq: number;
}

export interface EventTable {
  site: string;
  seq: number;
  at: number;
  type: string;
  body_json: string;
}

export interface EventCursorTable {
  consumer: string;
  site: string;
  seq: number;
}

export interface DeliveryTable {
  id: string;
  site: string;
  subject: string;
  recipient: string;
  stage: string;
  revision: number;
  channel: string;
  audience: 'owner' | 'staff';
  premises_json: string;
  owed_at: number;
  state: string;
  attempts: number;
  next_attempt_at: number;
  claimed_by: string | null;
  /** Names the call that claimed it, so that the call reads back exactly its own. */
  claim_token: string | null;
  claimed_at: number | null;
  sent_at: number | null;
  settled_at: number | null;
  provider_id: string | null;
  segments: number | null;
  error: string | null;
  /** Kept only while a crash or a person may still need it. */
  body: string | null;
  /** SHA-256 of the person's salt and the body: proves what was said after the body and the person are gone. */
  body_hash: string | null;
  /** When the next channel is due if nothing better is known by then. */
  fallback_at: number | null;
  /** 1: a person let it pass the caps. */
  released: number;
}

/** A receipt that overtook the record of its own sending. */
export interface EarlyReceiptTable {
  channel: string;
  provider_id: string;
  state: string;
  at: number;
  error: string | null;
}

export interface EstimateTable {
  site: string;
  incident: string;
  premises: string;
  scheme: string;
  state: 'running' | 'final';
  minutes: number;
  amount_minor: number;
  currency: string;
  trace_json: string;
  refused_json: string | null;
  at: number;
}

/** `body_json` is the whole dispatch; the other columns are what is searched for. */
export interface DispatchTable {
  id: string;
  site: string;
  incident: string;
  state: string;
  active: number;
  opened_at: number;
  /** When its next step falls due. */
  look_at: number | null;
  /** 1 while the clock of the owners' information runs. */
  informing: number;
  version: number;
  body_json: string;
}

export interface DispatchPhotoTable {
  site: string;
  id: string;
  incident: string;
  at: number;
  given_by: string;
  type: string;
  base64: string;
}

/** Who can be sent; name and phone stand in `person`. */
export interface StaffTable {
  site: string;
  person: string;
  account: string | null;
  skills_json: string;
  active: number;
}

export interface SiteDocumentTable {
  site: string;
  kind: string;
  version: number;
  saved_at: number;
  body_json: string;
}

export interface SigningKeyTable {
  name: string;
  secret: string;
}

export interface PersonProfileTable {
  site: string;
  person: string;
  channels_json: string;
  /** `HH:MM` by the wall clock of the site; null with `quiet_to`: no quiet hours. */
  quiet_from: string | null;
  quiet_to: string | null;
  vulnerable: number;
  medical_device: number;
  email: string | null;
}

/** A number that an erased person wanted no messages to; `hash` is keyed, the number itself is nowhere. */
export interface SuppressedPhoneTable {
  site: string;
  hash: string;
  since: number;
}

export interface AccountTable {
  id: string;
  login: string;
  name: string;
  role: string;
  sites_json: string;
  password_hash: string;
  language: string;
  theme: string;
  active: number;
  created_at: number;
}

export interface SessionTable {
  id_hash: string;
  account: string;
  csrf: string;
  created_at: number;
  expires_at: number;
}

export interface LinkTable {
  token_hash: string;
  purpose: string;
  expires_at: number;
  used: number;
}

export interface AuditTable {
  site: string;
  seq: number;
  at: number;
  given_by: string;
  action: string;
  subject: string;
  detail_json: string;
  hash: string;
}

export interface AuditHeadTable {
  site: string;
  seq: number;
  hash: string;
}

/** Lines of the evidence log that were written together and began in the same hour. */
export interface EvidenceTable {
  site: string;
  hour: number;
  id: string;
  /** The last instant among the lines at which a replay may begin. */
  begins_at: number | null;
  lines: number;
  /** Length of `body`. */
  bytes: number;
  /** The lines, deflated, in base64. */
  body: string;
}

export interface EvidenceThroughTable {
  site: string;
  at: number;
}

/** `sealed` is the settings as a whole, encrypted with a key that is not in the database. */
export interface ChannelSettingTable {
  id: string;
  version: number;
  saved_at: number;
  saved_by: string;
  sealed: string;
}

/** What somebody sent us. The phone of a known person stands in `person` alone. */
export interface InboundMessageTable {
  id: string;
  /** '' while nobody is known by that phone. */
  site: string;
  provider_id: string;
  person: string | null;
  phone: string | null;
  at: number;
  body: string;
  state: string;
  handled_at: number | null;
  handled_by: string | null;
}

/** A message that a person wrote, to many. */
export interface HandMessageTable {
  id: string;
  site: string;
  at: number;
  given_by: string;
  request_key: string;
  recipients: number;
  target_json: string;
  body_zh: string;
  body_en: string;
}

/** `body_json` is the whole plan; the other columns are what is searched for. */
export interface PlannedOutageTable {
  site: string;
  id: string;
  state: string;
  active: number;
  from_at: number;
  /** When there is next something to do. */
  look_at: number | null;
  version: number;
  body_json: string;
}

export interface OwnerRatingTable {
  site: string;
  incident: string;
  person: string;
  at: number;
  rating: number;
  comment: string | null;
}

export interface DarkReportTable {
  site: string;
  id: string;
  incident: string | null;
  premises: string;
  person: string;
  at: number;
  note: string | null;
  handled_at: number | null;
  handled_by: string | null;
  outcome: string | null;
}

/** `body_json` is the whole claim; the other columns are what is searched for and summed. */
export interface ClaimTable {
  site: string;
  id: string;
  claim_key: string;
  incident: string;
  premises: string;
  state: string;
  needs_input: number;
  payout: string | null;
  amount_minor: number;
  opened_at: number;
  version: number;
  body_json: string;
}

export interface FundHeadTable {
  site: string;
  seq: number;
}

/** Append-only. */
export interface FundEntryTable {
  site: string;
  seq: number;
  entry_key: string;
  kind: string;
  at: number;
  given_by: string;
  currency: string;
  claim: string | null;
  evidence: string;
  memo: string;
  reverses: string | null;
  year: number;
  budget_minor: number;
}

/** Append-only. */
export interface FundPostingTable {
  site: string;
  seq: number;
  ordinal: number;
  account: string;
  amount_minor: number;
}

/** The sums of `fund_posting`, kept in the same transaction. */
export interface FundBalanceTable {
  site: string;
  account: string;
  amount_minor: number;
}

export interface FundYearTable {
  site: string;
  year: number;
  used_minor: number;
}

export interface PayoutBatchTable {
  site: string;
  id: string;
  prepared_at: number;
  body_json: string;
}

export interface PayoutTable {
  site: string;
  id: string;
  batch: string;
  claim: string;
  state: string;
  body_json: string;
}

/** Kept as given: a bank needs the whole number. Lists show it masked. */
export interface BankAccountTable {
  site: string;
  person: string;
  holder: string;
  bank: string;
  number: string;
  saved_at: number;
}

export interface MoneyRequestTable {
  site: string;
  request_key: string;
  fingerprint: string;
  answer_json: string;
  at: number;
}

/** Only ever added to: the last line of a subject, name and date stands. */
export interface CaseFactTable {
  id: string;
  site: string;
  subject: string;
  name: string;
  from_date: string;
  /** `null` takes back. */
  value_json: string;
  reason: string;
  given_by: string;
  at: number;
}

/** Only ever added to: who answers for the interruptions of an incident, or for one of them. */
export interface AttributionTable {
  id: string;
  site: string;
  incident: string;
  interruption: string | null;
  attribution: string;
  cause: string | null;
  reason: string;
  evidence_json: string;
  evidence_hash: string;
  given_by: string;
  at: number;
}

/** Never changed: a scheme in use is superseded by its next revision. */
export interface SchemeFileTable {
  id: string;
  revision: number;
  file_json: string;
  hash: string;
  reason: string;
  given_by: string;
  at: number;
}

/** What a site chose of the limits of mass sending; null is the installation's. */
export interface MessageCapTable {
  site: string;
  version: number;
  saved_at: number;
  saved_by: string;
  reason: string;
  segments_per_hour: number | null;
  segments_per_day: number | null;
  segments_per_incident: number | null;
  per_owner_per_day: number | null;
  fleet_share_percent: number | null;
  fleet_incidents: number | null;
}
