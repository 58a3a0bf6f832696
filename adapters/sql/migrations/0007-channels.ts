import type { Migration } from './migration.ts';

export const channels: Migration = {
  id: 7,
  name: 'channels',
  statements: ({ text, int }) => [
    // When the next channel is due if nothing better is known by then; null: no other is.
    `alter table delivery add column fallback_at ${int}`,
    // 1: a person let it pass the caps.
    `alter table delivery add column released ${int} not null default 0`,
    'create index delivery_by_fallback on delivery (fallback_at)',
    'create index delivery_by_recipient on delivery (site, recipient, sent_at)',
    'create index delivery_by_sending on delivery (site, sent_at)',

    `alter table person_profile add column email ${text}`,

    `create table channel_setting (
      id ${text} primary key, version ${int} not null, saved_at ${int} not null, saved_by ${text} not null,
      sealed ${text} not null)`,

    `create table inbound_message (
      id ${text} primary key, site ${text} not null, provider_id ${text} not null, person ${text}, phone ${text},
      at ${int} not null, body ${text} not null, state ${text} not null, handled_at ${int}, handled_by ${text},
      unique (provider_id))`,
    'create index inbound_by_site on inbound_message (site, id)',

    `create table hand_message (
      id ${text} primary key, site ${text} not null, at ${int} not null, given_by ${text} not null,
      request_key ${text} not null, recipients ${int} not null, target_json ${text} not null, body_zh ${text} not null,
      body_en ${text} not null,
      unique (site, request_key))`,
  ],
};
