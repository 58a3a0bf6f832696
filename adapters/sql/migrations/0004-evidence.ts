import type { Migration } from './migration.ts';

export const evidence: Migration = {
  id: 4,
  name: 'evidence',
  statements: ({ text, int }) => [
    `create table evidence (
      site ${text} not null, hour ${int} not null, id ${text} not null, begins_at ${int}, lines ${int} not null,
      bytes ${int} not null, body ${text} not null,
      primary key (site, hour, id))`,
    'create index evidence_by_size on evidence (site, hour, lines, bytes)',
    'create index evidence_beginning on evidence (site, begins_at)',

    `create table evidence_through (site ${text} primary key, at ${int} not null)`,
  ],
};
