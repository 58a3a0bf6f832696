import type { Migration } from './migration.ts';

export const messagesAndEstimates: Migration = {
  id: 3,
  name: 'messages and estimates',
  statements: ({ text, int, real }) => [
    `create table delivery (
      id ${text} primary key, site ${text} not null, subject ${text} not null, recipient ${text} not null,
      stage ${text} not null, revision ${int} not null, channel ${text} not null, audience ${text} not null,
      premises_json ${text} not null, owed_at ${int} not null, state ${text} not null, attempts ${int} not null,
      next_attempt_at ${int} not null, claimed_by ${text}, claim_token ${text}, claimed_at ${int}, sent_at ${int},
      settled_at ${int}, provider_id ${text}, segments ${int}, error ${text}, body ${text}, body_hash ${text},
      unique (site, subject, recipient, stage, channel, revision))`,
    'create index delivery_due on delivery (state, next_attempt_at)',
    'create index delivery_by_claim on delivery (claim_token)',
    'create index delivery_by_provider_id on delivery (provider_id)',

    `create table early_receipt (
      channel ${text} not null, provider_id ${text} not null, state ${text} not null, at ${int} not null, error ${text},
      primary key (channel, provider_id))`,
    'create index early_receipt_by_time on early_receipt (at)',

    `create table estimate (
      site ${text} not null, incident ${text} not null, premises ${text} not null, scheme ${text} not null,
      state ${text} not null, minutes ${real} not null, amount_minor ${int} not null, currency ${text} not null,
      trace_json ${text} not null, refused_json ${text}, at ${int} not null,
      primary key (site, incident, premises, scheme))`,
    'create index estimate_by_premises on estimate (site, premises, at)',
  ],
};
