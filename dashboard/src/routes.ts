import type { Component } from 'svelte';
import type { Route } from './match-route.ts';

export type Page = () => Promise<{
  readonly default: Component<Record<string, never>>;
}>;

/** Every page a signed-in person can open; adding one is a line here and its file. */
export const routes: readonly Route<Page>[] = [
  { pattern: '/s/:site', page: () => import('./pages/Board.svelte') },
  { pattern: '/s/:site/incidents', page: () => import('./pages/Incidents.svelte') },
  { pattern: '/s/:site/incidents/:incident', page: () => import('./pages/Incident.svelte') },
  { pattern: '/s/:site/network', page: () => import('./pages/Network.svelte') },
  { pattern: '/s/:site/devices', page: () => import('./pages/Devices.svelte') },
  { pattern: '/s/:site/devices/:device', page: () => import('./pages/Device.svelte') },
  { pattern: '/s/:site/quarantine', page: () => import('./pages/Quarantine.svelte') },
  { pattern: '/s/:site/manage', page: () => import('./pages/Manage.svelte') },
  { pattern: '/s/:site/people', page: () => import('./pages/People.svelte') },
  { pattern: '/s/:site/staff', page: () => import('./pages/Staff.svelte') },
  { pattern: '/s/:site/users', page: () => import('./pages/Users.svelte') },
  { pattern: '/s/:site/audit', page: () => import('./pages/Audit.svelte') },
  { pattern: '/s/:site/trials', page: () => import('./pages/Trials.svelte') },
  { pattern: '/s/:site/site-file', page: () => import('./pages/SiteFile.svelte') },
  { pattern: '/s/:site/claims', page: () => import('./pages/Claims.svelte') },
  { pattern: '/s/:site/claims/:claim', page: () => import('./pages/Claim.svelte') },
  { pattern: '/s/:site/claim-batches/:incident', page: () => import('./pages/ClaimBatch.svelte') },
  { pattern: '/s/:site/fund', page: () => import('./pages/Fund.svelte') },
  { pattern: '/s/:site/payouts', page: () => import('./pages/Payouts.svelte') },
  { pattern: '/s/:site/payouts/:batch', page: () => import('./pages/Payout.svelte') },
  { pattern: '/s/:site/facts', page: () => import('./pages/Facts.svelte') },
  { pattern: '/s/:site/accounts', page: () => import('./pages/Accounts.svelte') },
  { pattern: '/s/:site/schemes', page: () => import('./pages/Schemes.svelte') },
  { pattern: '/s/:site/schemes/:scheme', page: () => import('./pages/Scheme.svelte') },
  { pattern: '/s/:site/back-test', page: () => import('./pages/BackTest.svelte') },
  { pattern: '/s/:site/planned', page: () => import('./pages/Planned.svelte') },
  { pattern: '/s/:site/planned/new', page: () => import('./pages/PlanNew.svelte') },
  { pattern: '/s/:site/planned/:plan', page: () => import('./pages/Plan.svelte') },
  { pattern: '/s/:site/messages', page: () => import('./pages/Messages.svelte') },
  { pattern: '/s/:site/inbox', page: () => import('./pages/Inbox.svelte') },
  { pattern: '/s/:site/feedback', page: () => import('./pages/Feedback.svelte') },
  { pattern: '/s/:site/rules', page: () => import('./pages/Rules.svelte') },
  { pattern: '/s/:site/channels', page: () => import('./pages/Channels.svelte') },
  { pattern: '/s/:site/me', page: () => import('./pages/Me.svelte') },
];
