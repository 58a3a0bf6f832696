import type { Migration } from './migration.ts';

export const sitesAndPeople: Migration = {
  id: 1,
  name: 'sites and people',
  statements: ({ text, int }) => [
    `create table site (
      id ${text} primary key, name ${text} not null, simulated ${int} not null, version ${int} not null,
      saved_at ${int} not null, saved_by ${text} not null, site_json ${text} not null, file_json ${text} not null)`,

    `create table person (
      site ${text} not null, id ${text} not null, phone ${text}, name ${text} not null, language ${text} not null,
      salt ${text} not null, opted_out ${int} not null,
      primary key (site, id), unique (site, phone))`,

    `create table premises_person (
      site ${text} not null, premises ${text} not null, role ${text} not null, person ${text} not null,
      name ${text} not null, language ${text} not null, given_json ${text} not null,
      primary key (site, premises, role))`,

    `create table opt_out (
      site ${text} not null, person ${text} not null, at ${int} not null, opted_out ${int} not null,
      evidence ${text} not null)`,
    'create index opt_out_by_person on opt_out (site, person)',

    `create table device_credential (
      site ${text} not null, id ${text} not null, sha256 ${text} not null, set_at ${int} not null,
      primary key (site, id))`,

    `create table quarantine (
      subject ${text} primary key, kind ${text} not null, address ${text} not null, first_seen ${int} not null,
      last_seen ${int} not null, count ${int} not null, sample ${text})`,
    'create index quarantine_by_last_seen on quarantine (last_seen)',

    `create table account (
      id ${text} primary key, login ${text} not null unique, name ${text} not null, role ${text} not null,
      sites_json ${text} not null, password_hash ${text} not null, language ${text} not null, theme ${text} not null,
      active ${int} not null, created_at ${int} not null)`,

    `create table session (
      id_hash ${text} primary key, account ${text} not null, csrf ${text} not null, created_at ${int} not null,
      expires_at ${int} not null)`,
    'create index session_by_account on session (account)',
    'create index session_by_expiry on session (expires_at)',

    `create table link (
      token_hash ${text} primary key, purpose ${text} not null, expires_at ${int} not null, used ${int} not null)`,

    `create table audit (
      site ${text} not null, seq ${int} not null, at ${int} not null, given_by ${text} not null,
      action ${text} not null, subject ${text} not null, detail_json ${text} not null, hash ${text} not null,
      primary key (site, seq))`,

    `create table audit_head (site ${text} primary key, seq ${int} not null, hash ${text} not null)`,
  ],
};
