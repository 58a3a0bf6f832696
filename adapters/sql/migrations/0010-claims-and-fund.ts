import type { Migration } from './migration.ts';

export const claimsAndFund: Migration = {
  id: 10,
  name: 'claims and fund',
  statements: ({ text, int }) => [
    `create table claim (
      site ${text} not null, id ${text} not null, claim_key ${text} not null, incident ${text} not null,
      premises ${text} not null, state ${text} not null, needs_input ${int} not null, payout ${text},
      amount_minor ${int} not null, opened_at ${int} not null, version ${int} not null, body_json ${text} not null,
      primary key (site, id), unique (site, claim_key))`,
    'create index claim_by_opening on claim (site, opened_at, id)',
    'create index claim_by_incident on claim (site, incident, premises)',
    'create index claim_by_state on claim (site, state, opened_at)',
    'create index claim_by_premises on claim (site, premises, opened_at)',

    `create table fund_head (site ${text} primary key, seq ${int} not null)`,

    `create table fund_entry (
      site ${text} not null, seq ${int} not null, entry_key ${text} not null, kind ${text} not null, at ${int} not null,
      given_by ${text} not null, currency ${text} not null, claim ${text}, evidence ${text} not null, memo ${text} not null,
      reverses ${text}, year ${int} not null, budget_minor ${int} not null,
      primary key (site, seq), unique (site, entry_key), unique (site, reverses))`,
    'create index fund_entry_by_claim on fund_entry (site, claim)',

    `create table fund_posting (
      site ${text} not null, seq ${int} not null, ordinal ${int} not null, account ${text} not null,
      amount_minor ${int} not null,
      primary key (site, seq, ordinal))`,

    `create table fund_balance (
      site ${text} not null, account ${text} not null, amount_minor ${int} not null,
      primary key (site, account))`,

    `create table fund_year (site ${text} not null, year ${int} not null, used_minor ${int} not null,
      primary key (site, year))`,

    `create table payout_batch (
      site ${text} not null, id ${text} not null, prepared_at ${int} not null, body_json ${text} not null,
      primary key (site, id))`,
    'create index payout_batch_by_time on payout_batch (site, prepared_at, id)',

    `create table payout (
      site ${text} not null, id ${text} not null, batch ${text} not null, claim ${text} not null, state ${text} not null,
      body_json ${text} not null,
      primary key (site, id))`,
    'create index payout_by_batch on payout (site, batch, id)',
    'create index payout_by_claim on payout (site, claim)',

    `create table bank_account (
      site ${text} not null, person ${text} not null, holder ${text} not null, bank ${text} not null,
      number ${text} not null, saved_at ${int} not null,
      primary key (site, person))`,

    `create table money_request (
      site ${text} not null, request_key ${text} not null, fingerprint ${text} not null, answer_json ${text} not null,
      at ${int} not null,
      primary key (site, request_key))`,
  ],
};
