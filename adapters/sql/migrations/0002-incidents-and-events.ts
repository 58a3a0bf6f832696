import type { Migration } from './migration.ts';

export const incidentsAndEvents: Migration = {
  id: 2,
  name: 'incidents and events',
  statements: ({ text, int }) => [
    `create table lease (
      site ${text} primary key, holder ${text} not null, epoch ${int} not null, expires_at ${int} not null)`,

    `create table ingest_position (site ${text} primary key, position ${int} not null, at ${int} not null)`,

    `create table command (
      site ${text} not null, id ${text} not null, request_key ${text}, command_json ${text} not null,
      given_by ${text} not null, given_at ${int} not null, taken ${int} not null,
      primary key (site, id), unique (site, request_key))`,
    'create index command_waiting on command (site, taken, id)',

    `create table incident (
      site ${text} not null, id ${text} not null, kind ${text} not null, state ${text} not null, root ${text} not null,
      open ${int} not null, detected_at ${int} not null, body_json ${text} not null,
      primary key (site, id))`,
    'create index incident_by_detection on incident (site, detected_at, id)',
    'create index incident_open on incident (open, site)',

    `create table interruption (
      site ${text} not null, id ${text} not null, premises ${text}, node ${text} not null, from_at ${int} not null,
      to_at ${int}, voided ${int} not null, body_json ${text} not null,
      primary key (site, id))`,
    'create index interruption_by_start on interruption (site, from_at, id)',
    'create index interruption_by_premises on interruption (site, premises, from_at)',

    `create table interruption_cause (
      site ${text} not null, incident ${text} not null, interruption ${text} not null,
      primary key (site, incident, interruption))`,

    `create table ledger (
      site ${text} not null, position ${int} not null, ordinal ${int} not null, interruption ${text} not null,
      type ${text} not null, at ${int} not null, reason ${text} not null, body_json ${text} not null,
      primary key (site, position, ordinal))`,
    'create index ledger_by_interruption on ledger (site, interruption, position, ordinal)',

    `create table event_counter (site ${text} primary key, seq ${int} not null)`,

    `create table event (
      site ${text} not null, seq ${int} not null, at ${int} not null, type ${text} not null, body_json ${text} not null,
      primary key (site, seq))`,

    `create table event_cursor (
      consumer ${text} not null, site ${text} not null, seq ${int} not null,
      primary key (consumer, site))`,
  ],
};
