import type { Migration } from './migration.ts';

export const suppressedPhones: Migration = {
  id: 9,
  name: 'suppressed phones',
  statements: ({ text, int }) => [
    `create table suppressed_phone (
      site ${text} not null, hash ${text} not null, since ${int} not null,
      primary key (site, hash))`,
  ],
};
