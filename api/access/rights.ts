import type { Role, User } from '../../core/ports/people.ts';

/** open: nobody needs to be signed in. Otherwise the roles that may; routes with `:site` also ask for the site's scope. */
export type Right = 'open' | readonly Role[];

const EVERYONE: readonly Role[] = ['engineer', 'manager', 'finance', 'admin', 'auditor'];
const OPERATORS: readonly Role[] = ['engineer', 'manager', 'admin'];
const KEEPERS: readonly Role[] = ['manager', 'admin'];
const OVERSEERS: readonly Role[] = ['manager', 'admin', 'auditor'];
const TREASURERS: readonly Role[] = ['manager', 'finance', 'admin'];
const ACCOUNTANTS: readonly Role[] = ['manager', 'finance', 'admin', 'auditor'];
const WATCHERS: readonly Role[] = ['engineer', 'manager', 'admin', 'auditor'];

/** Who may do what: the whole of it. A route that is not listed here is not served. */
export const RIGHTS = {
  'GET /api/v1/session': 'open',
  'POST /api/v1/session': 'open',
  'PATCH /api/v1/session': EVERYONE,
  'POST /api/v1/session/password': EVERYONE,
  'DELETE /api/v1/session': EVERYONE,

  'GET /api/v1/setup': 'open',
  'POST /api/v1/setup': 'open',
  'GET /api/v1/invitation': 'open',
  'POST /api/v1/invitation': 'open',

  'GET /api/v1/users': ['admin', 'auditor'],
  'POST /api/v1/users': ['admin'],
  'PATCH /api/v1/users/:user': ['admin'],
  'POST /api/v1/users/:user/link': ['admin'],

  'GET /api/v1/sites': EVERYONE,
  'GET /api/v1/sites/:site': EVERYONE,
  'GET /api/v1/sites/:site/states': EVERYONE,
  'GET /api/v1/sites/:site/file': OVERSEERS.concat('engineer'),
  'PUT /api/v1/sites/:site/file': KEEPERS,

  'GET /api/v1/sites/:site/incidents': EVERYONE,
  'POST /api/v1/sites/:site/incidents': OPERATORS,
  'GET /api/v1/sites/:site/incidents/:incident': EVERYONE,
  'POST /api/v1/sites/:site/incidents/:incident/acknowledge': OPERATORS,
  'POST /api/v1/sites/:site/incidents/:incident/confirm-restored': OPERATORS,
  'POST /api/v1/sites/:site/incidents/:incident/amend': KEEPERS,
  'GET /api/v1/sites/:site/incidents/:incident/interruptions': EVERYONE,
  'GET /api/v1/sites/:site/incidents/:incident/deliveries': EVERYONE,
  'GET /api/v1/sites/:site/incidents/:incident/estimates': EVERYONE,

  'POST /api/v1/sites/:site/incidents/:incident/outlook': OPERATORS,
  'GET /api/v1/sites/:site/incidents/:incident/feedback': OVERSEERS.concat('engineer'),
  'GET /api/v1/sites/:site/feedback': OVERSEERS,
  'GET /api/v1/sites/:site/reports': WATCHERS,
  'POST /api/v1/sites/:site/reports/:report/handle': OPERATORS,
  'GET /api/v1/o/:token': 'open',
  'POST /api/v1/o/:token/rating': 'open',
  'POST /api/v1/o/:token/still-dark': 'open',
  'GET /api/v1/o/:token/claims': 'open',
  'POST /api/v1/o/:token/claims/:claim/apply': 'open',
  'POST /api/v1/o/:token/claims/:claim/appeal': 'open',

  'POST /api/v1/sites/:site/planned-outages/preview': KEEPERS,
  'POST /api/v1/sites/:site/planned-outages': KEEPERS,
  'GET /api/v1/sites/:site/planned-outages': EVERYONE,
  'GET /api/v1/sites/:site/planned-outages/:plan': EVERYONE,
  'GET /api/v1/sites/:site/planned-outages/:plan/compliance': OVERSEERS,
  'POST /api/v1/sites/:site/planned-outages/:plan/preview': OPERATORS,
  'PUT /api/v1/sites/:site/planned-outages/:plan/window': KEEPERS,
  'POST /api/v1/sites/:site/planned-outages/:plan/cancel': KEEPERS,
  'POST /api/v1/sites/:site/planned-outages/:plan/finish': OPERATORS,
  'GET /api/v1/sites/:site/planned-settings': WATCHERS,
  'PUT /api/v1/sites/:site/planned-settings': KEEPERS,

  'GET /api/v1/sites/:site/incidents/:incident/attributions': EVERYONE,
  'POST /api/v1/sites/:site/incidents/:incident/attributions': KEEPERS,

  'GET /api/v1/schemes': EVERYONE,
  'GET /api/v1/schemes/:scheme': EVERYONE,
  'POST /api/v1/schemes': KEEPERS,
  'GET /api/v1/sites/:site/schemes': EVERYONE,
  'POST /api/v1/sites/:site/schemes': KEEPERS,
  'POST /api/v1/sites/:site/back-tests': ACCOUNTANTS,
  'GET /api/v1/sites/:site/back-tests/:backTest': ACCOUNTANTS,
  'GET /api/v1/sites/:site/back-tests/:backTest/premises': ACCOUNTANTS,
  'DELETE /api/v1/sites/:site/back-tests/:backTest': ACCOUNTANTS,

  'GET /api/v1/sites/:site/facts': ACCOUNTANTS,
  'POST /api/v1/sites/:site/facts': TREASURERS,
  'POST /api/v1/sites/:site/facts/import': TREASURERS,
  'GET /api/v1/sites/:site/estimates/missing': EVERYONE,

  'GET /api/v1/sites/:site/dispatches': EVERYONE,
  'GET /api/v1/sites/:site/incidents/:incident/dispatch': EVERYONE,
  'GET /api/v1/sites/:site/incidents/:incident/dispatch/suggestions': OPERATORS,
  'POST /api/v1/sites/:site/incidents/:incident/dispatch/offer': OPERATORS,
  'POST /api/v1/sites/:site/incidents/:incident/dispatch/advance': OPERATORS,
  'POST /api/v1/sites/:site/incidents/:incident/dispatch/pause': KEEPERS,
  'POST /api/v1/sites/:site/incidents/:incident/dispatch/resume': KEEPERS,
  'POST /api/v1/sites/:site/incidents/:incident/dispatch/photos': OPERATORS,
  'GET /api/v1/sites/:site/incidents/:incident/dispatch/photos/:photo': WATCHERS,
  'GET /api/v1/d/:token': 'open',
  'POST /api/v1/d/:token': 'open',

  'GET /api/v1/sites/:site/people': OVERSEERS,
  'GET /api/v1/sites/:site/people/:person': OVERSEERS,
  'PUT /api/v1/sites/:site/people/:person/profile': KEEPERS,
  'POST /api/v1/sites/:site/people/:person/opt-out': KEEPERS,
  'GET /api/v1/sites/:site/people/export': KEEPERS,
  'GET /api/v1/sites/:site/people/:person/erasure': KEEPERS,
  'POST /api/v1/sites/:site/people/:person/erasure': KEEPERS,
  'POST /api/v1/sites/:site/import': KEEPERS,
  'GET /api/v1/sites/:site/import/template': KEEPERS,

  'GET /api/v1/channels': ['admin', 'auditor'],
  'PUT /api/v1/channels/:channel': ['admin'],
  'POST /api/v1/channels/:channel/test': ['admin'],
  'DELETE /api/v1/channels/:channel': ['admin'],
  'GET /api/v1/sites/:site/notice-templates': WATCHERS,
  'GET /api/v1/sites/:site/incidents/:incident/unreached': WATCHERS,
  'POST /api/v1/sites/:site/deliveries/:delivery/decide': KEEPERS,
  'GET /api/v1/sites/:site/message-caps': OVERSEERS,
  'PUT /api/v1/sites/:site/message-caps': KEEPERS,
  'GET /api/v1/sites/:site/held': OVERSEERS,
  'POST /api/v1/sites/:site/held': KEEPERS,
  'GET /api/v1/sites/:site/inbox': OVERSEERS,
  'GET /api/v1/sites/:site/inbox/:message': KEEPERS,
  'POST /api/v1/sites/:site/inbox/:message/close': KEEPERS,
  'POST /api/v1/sites/:site/inbox/:message/answer': KEEPERS,
  'GET /api/v1/inbox': KEEPERS,
  'GET /api/v1/inbox/:message': KEEPERS,
  'POST /api/v1/inbox/:message/close': KEEPERS,
  'GET /api/v1/sites/:site/messages': OVERSEERS,
  'POST /api/v1/sites/:site/messages': KEEPERS,
  'POST /api/v1/sites/:site/messages/preview': KEEPERS,

  'GET /api/v1/sites/:site/staff': WATCHERS,
  'POST /api/v1/sites/:site/staff/import': KEEPERS,
  'GET /api/v1/sites/:site/staff/import/template': KEEPERS,
  'PUT /api/v1/sites/:site/staff/:member': KEEPERS,
  'GET /api/v1/sites/:site/roster': WATCHERS,
  'PUT /api/v1/sites/:site/roster': KEEPERS,
  'GET /api/v1/sites/:site/roster/on-call': WATCHERS,
  'GET /api/v1/sites/:site/dispatch-settings': WATCHERS,
  'PUT /api/v1/sites/:site/dispatch-settings': KEEPERS,

  'GET /api/v1/sites/:site/interruptions': EVERYONE,
  'GET /api/v1/sites/:site/interruptions/:interruption/ledger': EVERYONE,

  'GET /api/v1/sites/:site/claims': ACCOUNTANTS,
  'GET /api/v1/sites/:site/claims-waiting': ACCOUNTANTS,
  'GET /api/v1/sites/:site/claims/:claim': ACCOUNTANTS,
  'POST /api/v1/sites/:site/claims/:claim/submit': TREASURERS,
  'POST /api/v1/sites/:site/claims/:claim/approve': TREASURERS,
  'POST /api/v1/sites/:site/claims/:claim/reject': TREASURERS,
  'POST /api/v1/sites/:site/claims/:claim/reverse': KEEPERS,
  'POST /api/v1/sites/:site/claims/:claim/appeal': TREASURERS,
  'POST /api/v1/sites/:site/claims/:claim/dismiss': TREASURERS,
  'POST /api/v1/sites/:site/claims/:claim/grant': KEEPERS,
  'GET /api/v1/sites/:site/incidents/:incident/claims/preview': ACCOUNTANTS,
  'POST /api/v1/sites/:site/incidents/:incident/claims/approve': TREASURERS,
  'GET /api/v1/sites/:site/claim-settings': ACCOUNTANTS,
  'PUT /api/v1/sites/:site/claim-settings': ['admin'],

  'GET /api/v1/sites/:site/fund': ACCOUNTANTS,
  'GET /api/v1/sites/:site/fund/entries': ACCOUNTANTS,
  'GET /api/v1/sites/:site/fund/proof': ACCOUNTANTS,
  'POST /api/v1/sites/:site/fund/contributions': TREASURERS,
  'POST /api/v1/sites/:site/fund/recoveries': TREASURERS,
  'POST /api/v1/sites/:site/fund/entries/:seq/reverse': KEEPERS,

  'GET /api/v1/sites/:site/payout-methods': ACCOUNTANTS,
  'GET /api/v1/sites/:site/payouts': ACCOUNTANTS,
  'POST /api/v1/sites/:site/payouts': TREASURERS,
  'GET /api/v1/sites/:site/payouts/:batch': ACCOUNTANTS,
  'POST /api/v1/sites/:site/payouts/:batch/export': TREASURERS,
  'POST /api/v1/sites/:site/payouts/:batch/cancel': TREASURERS,
  'GET /api/v1/sites/:site/payouts/:batch/file': ['finance', 'admin'],
  'POST /api/v1/sites/:site/payouts/:batch/result': TREASURERS,
  'POST /api/v1/sites/:site/payouts/:batch/book': TREASURERS,
  'GET /api/v1/sites/:site/people/:person/bank-account': ACCOUNTANTS,
  'PUT /api/v1/sites/:site/people/:person/bank-account': TREASURERS,

  'POST /api/v1/sites/:site/planned': KEEPERS,
  'DELETE /api/v1/sites/:site/planned/:planned': KEEPERS,
  'POST /api/v1/sites/:site/switches': OPERATORS,

  'GET /api/v1/sites/:site/devices': WATCHERS,
  'GET /api/v1/sites/:site/devices/:device': WATCHERS,
  'GET /api/v1/sites/:site/devices/:device/history': WATCHERS,
  'POST /api/v1/sites/:site/devices/:device/service': OPERATORS,
  'GET /api/v1/sites/:site/credentials/:client': WATCHERS,
  'POST /api/v1/sites/:site/credentials/:client': ['engineer', 'admin'],
  'DELETE /api/v1/sites/:site/credentials/:client': ['engineer', 'admin'],

  'GET /api/v1/sites/:site/evidence': WATCHERS,
  'POST /api/v1/sites/:site/trials': WATCHERS,
  'GET /api/v1/sites/:site/trials/:trial': WATCHERS,
  'GET /api/v1/sites/:site/events': EVERYONE,
  'GET /api/v1/sites/:site/audit': OVERSEERS,
  'GET /api/v1/audit': ['admin', 'auditor'],

  'GET /api/v1/sites/:site/simulator': WATCHERS,
  'POST /api/v1/sites/:site/simulator': OPERATORS,

  'GET /api/v1/quarantine': WATCHERS,
  'DELETE /api/v1/quarantine': ['engineer', 'admin'],
  'GET /api/v1/ingest': WATCHERS,
} as const satisfies Record<string, Right>;

const BY_ROUTE: ReadonlyMap<string, Right> = new Map<string, Right>(Object.entries(RIGHTS));

export function rightOf(method: string, url: string): Right | undefined {
  return BY_ROUTE.get(`${method === 'HEAD' ? 'GET' : method} ${url}`);
}

export function hasSite(user: User, site: string): boolean {
  return user.sites === 'all' || user.sites.includes(site);
}

/** Does `inner` reach nowhere that `outer` does not? */
export function withinScope(inner: User['sites'], outer: User['sites']): boolean {
  if (outer === 'all') return true;
  return inner !== 'all' && inner.every((site) => outer.includes(site));
}

/** docs/roles.md, kept equal by a test. */
export function rolesPage(): string {
  const roles: readonly Role[] = EVERYONE;
  const lines = Object.entries<Right>(RIGHTS).map(([route, right]) => {
    const marks = roles.map((role) => (right === 'open' ? 'open' : right.includes(role) ? '✓' : ''));
    return `| \`${route}\` | ${marks.join(' | ')} |`;
  });
  return [
    '# Roles',
    '',
    'What each role may do within its sites. Generated from `api/access/rights.ts`. `open` needs no session.',
    '',
    `| route | ${roles.join(' | ')} |`,
    `|---|${roles.map(() => '---').join('|')}|`,
    ...lines,
    '',
  ].join('\n');
}
