import type { Migration } from './migration.ts';

export const factsAndSchemes: Migration = {
  id: 11,
  name: 'facts, attributions and uploaded schemes',
  statements: ({ text, int }) => [
    `create table case_fact (
      id ${text} primary key, site ${text} not null, subject ${text} not null, name ${text} not null,
      from_date ${text} not null, value_json ${text} not null, reason ${text} not null, given_by ${text} not null,
      at ${int} not null)`,
    'create index case_fact_by_subject on case_fact (site, subject, id)',
    'create index case_fact_by_time on case_fact (site, id)',

    `create table attribution (
      id ${text} primary key, site ${text} not null, incident ${text} not null, interruption ${text},
      attribution ${text} not null, cause ${text}, reason ${text} not null, evidence_json ${text} not null,
      evidence_hash ${text} not null, given_by ${text} not null, at ${int} not null)`,
    'create index attribution_by_incident on attribution (site, incident, id)',

    `create table scheme_file (
      id ${text} not null, revision ${int} not null, file_json ${text} not null, hash ${text} not null,
      reason ${text} not null, given_by ${text} not null, at ${int} not null, primary key (id, revision))`,

    'create index estimate_refused on estimate (site, incident, premises) where refused_json is not null',
  ],
};
