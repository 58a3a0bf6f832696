import type { Migration } from './migration.ts';

export const personProfiles: Migration = {
  id: 6,
  name: 'person profiles',
  statements: ({ text, int }) => [
    `create table person_profile (
      site ${text} not null, person ${text} not null, channels_json ${text} not null, quiet_from ${text},
      quiet_to ${text}, vulnerable ${int} not null, medical_device ${int} not null,
      primary key (site, person))`,
    'create index premises_person_by_person on premises_person (site, person)',
  ],
};
