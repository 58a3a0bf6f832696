import type { Migration } from './migration.ts';

export const messageCaps: Migration = {
  id: 13,
  name: 'limits of mass sending that a site chose',
  statements: ({ text, int }) => [
    // A limit that is null is the installation's.
    `create table message_cap (
      site ${text} primary key, version ${int} not null, saved_at ${int} not null, saved_by ${text} not null,
      reason ${text} not null, segments_per_hour ${int}, segments_per_day ${int}, segments_per_incident ${int},
      per_owner_per_day ${int}, fleet_share_percent ${int}, fleet_incidents ${int})`,
  ],
};
