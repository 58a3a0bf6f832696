import { describe, expect, it } from 'vitest';
import { RIGHTS, type Right } from '../../api/access/rights.ts';
import { routes } from '../../dashboard/src/routes.ts';
import { PAGE_ROLES } from '../../dashboard/src/state/page-roles.ts';

const ROLES = ['engineer', 'manager', 'finance', 'admin', 'auditor'] as const;
/** What each page asks for first; without an answer it has nothing to show. */
const ASKS: Readonly<Record<string, keyof typeof RIGHTS>> = {
  devices: 'GET /api/v1/sites/:site/devices',
  'devices/:device': 'GET /api/v1/sites/:site/devices/:device',
  quarantine: 'GET /api/v1/quarantine',
  people: 'GET /api/v1/sites/:site/people',
  staff: 'GET /api/v1/sites/:site/staff',
  users: 'GET /api/v1/users',
  trials: 'GET /api/v1/sites/:site/evidence',
  'site-file': 'GET /api/v1/sites/:site/file',
  claims: 'GET /api/v1/sites/:site/claims',
  fund: 'GET /api/v1/sites/:site/fund',
  payouts: 'GET /api/v1/sites/:site/payouts',
  facts: 'GET /api/v1/sites/:site/facts',
  accounts: 'GET /api/v1/sites/:site/bank-accounts',
  'back-test': 'POST /api/v1/sites/:site/back-tests',
  schemes: 'GET /api/v1/schemes',
  planned: 'GET /api/v1/sites/:site/planned-outages',
  'planned/new': 'POST /api/v1/sites/:site/planned-outages/preview',
  messages: 'GET /api/v1/sites/:site/messages',
  inbox: 'GET /api/v1/sites/:site/inbox',
  feedback: 'GET /api/v1/sites/:site/reports',
  rules: 'GET /api/v1/sites/:site/planned-settings',
  channels: 'GET /api/v1/sites/:site/message-caps',
};

describe('a page', () => {
  it.each(Object.entries(ASKS))(
    '%s is offered to the roles that may ask %s, and to no other',
    (page, ask) => {
      const right: Right = RIGHTS[ask];
      const roles: readonly string[] = PAGE_ROLES[page] ?? ROLES;
      expect([...roles].sort()).toEqual([...(right === 'open' ? ROLES : right)].sort());
    },
  );

  it('that is not for everybody is in this list, and is a page', () => {
    const patterns = new Set(routes.map(({ pattern }) => pattern));
    expect(Object.keys(PAGE_ROLES).filter((page) => !(page in ASKS))).toEqual([]);
    expect(Object.keys(ASKS).filter((page) => !patterns.has(`/s/:site/${page}`))).toEqual([]);
  });
});
