export type Role = 'engineer' | 'manager' | 'finance' | 'admin' | 'auditor';

const KEEPERS: readonly Role[] = ['manager', 'admin'];
const OVERSEERS: readonly Role[] = ['manager', 'admin', 'auditor'];
const ACCOUNTANTS: readonly Role[] = ['manager', 'finance', 'admin', 'auditor'];
const WATCHERS: readonly Role[] = ['engineer', 'manager', 'admin', 'auditor'];

/** Who is offered a page, by its path below the site; everybody is offered what is not here. The server decides for itself. */
export const PAGE_ROLES: Readonly<Record<string, readonly Role[]>> = {
  devices: WATCHERS,
  'devices/:device': WATCHERS,
  quarantine: WATCHERS,
  people: OVERSEERS,
  staff: WATCHERS,
  users: ['admin', 'auditor'],
  trials: WATCHERS,
  'site-file': WATCHERS,
  claims: ACCOUNTANTS,
  fund: ACCOUNTANTS,
  payouts: ACCOUNTANTS,
  facts: ACCOUNTANTS,
  accounts: ACCOUNTANTS,
  'back-test': ACCOUNTANTS,
  'planned/new': KEEPERS,
  messages: OVERSEERS,
  inbox: OVERSEERS,
  feedback: WATCHERS,
  rules: WATCHERS,
  channels: OVERSEERS,
};
