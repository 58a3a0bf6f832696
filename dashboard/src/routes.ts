import type { Component } from 'svelte';
import type { Route } from './match-route.ts';

export type Page = () => Promise<{
  readonly default: Component<Record<string, never>>;
}>;

export type Role = 'engineer' | 'manager' | 'finance' | 'admin' | 'auditor';
interface SitePage extends Route<Page> {
  /** Who is offered the page; without it everybody. The server decides for itself. */
  readonly roles?: readonly Role[];
}

const KEEPERS: readonly Role[] = ['manager', 'admin'];
const OVERSEERS: readonly Role[] = ['manager', 'admin', 'auditor'];
const ACCOUNTANTS: readonly Role[] = ['manager', 'finance', 'admin', 'auditor'];
const WATCHERS: readonly Role[] = ['engineer', 'manager', 'admin', 'auditor'];

/** Every page a signed-in person can open; adding one is a line here and its file. */
export const routes: readonly SitePage[] = [
  { pattern: '/s/:site', page: () => import('./pages/Board.svelte') },
  { pattern: '/s/:site/incidents', page: () => import('./pages/Incidents.svelte') },
  { pattern: '/s/:site/incidents/:incident', page: () => import('./pages/Incident.svelte') },
  { pattern: '/s/:site/network', page: () => import('./pages/Network.svelte') },
  { pattern: '/s/:site/devices', roles: WATCHERS, page: () => import('./pages/Devices.svelte') },
  { pattern: '/s/:site/devices/:device', roles: WATCHERS, page: () => import('./pages/Device.svelte') },
  { pattern: '/s/:site/quarantine', roles: WATCHERS, page: () => import('./pages/Quarantine.svelte') },
  { pattern: '/s/:site/manage', page: () => import('./pages/Manage.svelte') },
  { pattern: '/s/:site/people', roles: OVERSEERS, page: () => import('./pages/People.svelte') },
  { pattern: '/s/:site/staff', roles: WATCHERS, page: () => import('./pages/Staff.svelte') },
  { pattern: '/s/:site/users', roles: ['admin', 'auditor'], page: () => import('./pages/Users.svelte') },
  { pattern: '/s/:site/audit', page: () => import('./pages/Audit.svelte') },
  { pattern: '/s/:site/trials', roles: WATCHERS, page: () => import('./pages/Trials.svelte') },
  { pattern: '/s/:site/site-file', roles: WATCHERS, page: () => import('./pages/SiteFile.svelte') },
  { pattern: '/s/:site/claims', roles: ACCOUNTANTS, page: () => import('./pages/Claims.svelte') },
  { pattern: '/s/:site/claims/:claim', page: () => import('./pages/Claim.svelte') },
  { pattern: '/s/:site/claim-batches/:incident', page: () => import('./pages/ClaimBatch.svelte') },
  { pattern: '/s/:site/fund', roles: ACCOUNTANTS, page: () => import('./pages/Fund.svelte') },
  { pattern: '/s/:site/payouts', roles: ACCOUNTANTS, page: () => import('./pages/Payouts.svelte') },
  { pattern: '/s/:site/payouts/:batch', page: () => import('./pages/Payout.svelte') },
  { pattern: '/s/:site/schemes', page: () => import('./pages/Schemes.svelte') },
  { pattern: '/s/:site/schemes/:scheme', page: () => import('./pages/Scheme.svelte') },
  { pattern: '/s/:site/back-test', roles: ACCOUNTANTS, page: () => import('./pages/BackTest.svelte') },
  { pattern: '/s/:site/planned', page: () => import('./pages/Planned.svelte') },
  { pattern: '/s/:site/planned/new', roles: KEEPERS, page: () => import('./pages/PlanNew.svelte') },
  { pattern: '/s/:site/planned/:plan', page: () => import('./pages/Plan.svelte') },
  { pattern: '/s/:site/messages', roles: OVERSEERS, page: () => import('./pages/Messages.svelte') },
  { pattern: '/s/:site/inbox', roles: OVERSEERS, page: () => import('./pages/Inbox.svelte') },
  { pattern: '/s/:site/feedback', roles: WATCHERS, page: () => import('./pages/Feedback.svelte') },
  { pattern: '/s/:site/rules', roles: WATCHERS, page: () => import('./pages/Rules.svelte') },
  { pattern: '/s/:site/channels', roles: OVERSEERS, page: () => import('./pages/Channels.svelte') },
  { pattern: '/s/:site/me', page: () => import('./pages/Me.svelte') },
];
