import type { Migration } from './migration.ts';

export const dispatches: Migration = {
  id: 5,
  name: 'dispatch',
  statements: ({ text, int }) => [
    `create table dispatch (
      id ${text} primary key, site ${text} not null, incident ${text} not null, state ${text} not null,
      active ${int} not null, opened_at ${int} not null, look_at ${int}, informing ${int} not null,
      version ${int} not null, body_json ${text} not null,
      unique (site, incident))`,
    'create index dispatch_by_opening on dispatch (site, opened_at, id)',
    'create index dispatch_to_look_at on dispatch (look_at)',
    'create index dispatch_informing on dispatch (informing)',

    `create table dispatch_photo (
      site ${text} not null, id ${text} not null, incident ${text} not null, at ${int} not null,
      given_by ${text} not null, type ${text} not null, base64 ${text} not null,
      primary key (site, id))`,

    `create table staff (
      site ${text} not null, person ${text} not null, account ${text}, skills_json ${text} not null,
      active ${int} not null,
      primary key (site, person))`,

    `create table site_document (
      site ${text} not null, kind ${text} not null, version ${int} not null, saved_at ${int} not null,
      body_json ${text} not null,
      primary key (site, kind))`,

    `create table signing_key (name ${text} primary key, secret ${text} not null)`,
  ],
};
