import type { Migration } from './migration.ts';

export const ownersAndPlans: Migration = {
  id: 8,
  name: 'owners and plans',
  statements: ({ text, int }) => [
    `create table planned_outage (
      site ${text} not null, id ${text} not null, state ${text} not null, active ${int} not null,
      from_at ${int} not null, look_at ${int}, version ${int} not null, body_json ${text} not null,
      primary key (site, id))`,
    'create index planned_by_beginning on planned_outage (site, from_at, id)',
    'create index planned_to_look_at on planned_outage (look_at)',

    `create table owner_rating (
      site ${text} not null, incident ${text} not null, person ${text} not null, at ${int} not null,
      rating ${int} not null, comment ${text},
      primary key (site, incident, person))`,
    'create index owner_rating_by_person on owner_rating (site, person, at)',

    `create table dark_report (
      site ${text} not null, id ${text} not null, incident ${text}, premises ${text} not null,
      person ${text} not null, at ${int} not null, note ${text},
      handled_at ${int}, handled_by ${text}, outcome ${text},
      primary key (site, id))`,
    'create index dark_report_by_time on dark_report (site, at, id)',

    // A link in a message carries the first eight characters of its person's id.
    'create index person_by_short_id on person (substr(id, 1, 8))',
  ],
};
