import type { Migration } from './migration.ts';

export const incidentPosition: Migration = {
  id: 12,
  name: 'where in the journal an incident last changed',
  statements: ({ int }) => [`alter table incident add column position ${int} not null default 0`],
};
