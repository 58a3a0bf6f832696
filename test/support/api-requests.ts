import { readFile } from 'node:fs/promises';
import { DISPATCH_DEFAULTS } from '../../core/dispatch/settings.ts';
import { NOTHING_CHOSEN } from '../../core/notices/message-caps.ts';
import { PLAIN_PROFILE } from '../../core/people/profile.ts';
import { PLANNED_DEFAULTS } from '../../core/planned/settings.ts';
import { NO_ROSTER } from '../../core/roster/roster.ts';
import { siteFile } from './api-world.ts';

const scheme: unknown = JSON.parse(await readFile('schemes/template.json', 'utf8'));
const CNY = { amount: '1.00', currency: 'CNY' };
const WINDOW = { nodes: ['R1'], from: '2026-01-02T00:00:00Z', to: '2026-01-02T01:00:00Z' };

/** A request of that route that gets as far as the handler when the caller may make it. */
export function requestOf(route: string, site: string) {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string];
  const url = path
    .replace(':site', site)
    .replace(':incident', 'i1')
    .replace(':device', 'm-1')
    .replace(':client', 'm-1')
    .replace(':planned', 'p1')
    .replace(':plan', 'pl1')
    .replace(':report', 'r1')
    .replace(':interruption', 'x1')
    .replace(':trial', 't0')
    .replace(':backTest', 'b0')
    .replace(':scheme', 'property-fee')
    .replace(':user', 'nobody')
    .replace(':member', 'e1')
    .replace(':photo', 'ph1')
    .replace(':person', 'e1')
    .replace(':claim', 'c-1')
    .replace(':batch', 'b-1')
    .replace(':seq', '1')
    .replace(':channel', 'webhook')
    .replace(':delivery', 'none')
    .replace(':message', 'none');
  const query: Record<string, string> = {};
  if (url.endsWith('/history')) {
    Object.assign(query, { fields: 'voltage', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' });
  }
  if (url.endsWith('/b-1/file')) query.format = 'csv';
  if (url.endsWith('/file') && method === 'PUT') query.dryRun = 'true';
  if (route === 'DELETE /api/v1/quarantine') query.subject = 'x/y';
  const headers: Record<string, string> = { 'idempotency-key': 'k-12345678' };
  if (url.endsWith('/message-caps')) headers['if-match'] = '"0"';
  if (url.endsWith('/claim-settings')) headers['if-match'] = '"0"';
  if (url.includes('/channels/')) headers['if-match'] = method === 'PUT' ? '"0"' : '"1"';
  return { method, url, query, ...bodyOf(route, site), headers };
}

function bodyOf(route: string, site: string): { payload?: object } {
  const at = '2026-01-01T00:00:00Z';
  const bodies: Record<string, object> = {
    'PATCH /api/v1/session': { theme: 'dark' },
    'POST /api/v1/session/password': { current: 'x', password: 'long enough 1' },
    'POST /api/v1/users': { login: `in.${Math.random()}`, name: 'n', role: 'engineer', sites: ['s1'] },
    'PATCH /api/v1/users/:user': { name: 'n' },
    'PUT /api/v1/sites/:site/file': siteFile(site),
    'POST /api/v1/sites/:site/incidents': { node: 'R1', from: '2025-12-31T00:00:00Z', reason: 'call' },
    'POST /api/v1/sites/:site/incidents/:incident/confirm-restored': { reason: 'seen' },
    'POST /api/v1/sites/:site/incidents/:incident/amend': { without: ['u-2'], reason: 'seen' },
    'POST /api/v1/sites/:site/devices/:device/service': { inService: false, reason: 'broken' },
    'POST /api/v1/sites/:site/planned': { id: 'p1', nodes: ['R1'], from: at, to: '2026-01-01T01:00:00Z' },
    'POST /api/v1/sites/:site/incidents/:incident/attributions': {
      attribution: 'utility',
      reason: 'seen',
      evidence: [{ title: 'letter' }],
    },
    'POST /api/v1/schemes': { file: scheme, reason: 'new' },
    'POST /api/v1/sites/:site/schemes': {
      scheme: 'property-fee',
      from: '2027-01-01',
      parameters: { rate: '2.80' },
      reason: 'contract',
    },
    'POST /api/v1/sites/:site/back-tests': {
      scheme: 'property-fee',
      from: '2025-01-01',
      to: '2025-12-31',
      parameters: { rate: '2.80' },
    },
    'POST /api/v1/sites/:site/facts': {
      facts: [{ subject: 'site', name: 'fuel_price', from: '2026-01-01', value: '7.5' }],
      reason: 'bill',
    },
    'POST /api/v1/sites/:site/facts/import': { csv: 'premises,area_m2\n1,98.5\n', reason: 'list' },
    'POST /api/v1/sites/:site/switches': { type: 'breaker', node: 'R1', closed: true },
    'POST /api/v1/sites/:site/trials': {},
    'POST /api/v1/sites/:site/simulator': { action: 'trip', node: 'R1' },
    'POST /api/v1/sites/:site/incidents/:incident/dispatch/offer': { engineer: 'e1' },
    'POST /api/v1/sites/:site/incidents/:incident/dispatch/advance': { move: 'accept', engineer: 'e1' },
    'POST /api/v1/sites/:site/incidents/:incident/dispatch/pause': { reason: 'flood' },
    'POST /api/v1/sites/:site/incidents/:incident/dispatch/resume': { reason: 'dry' },
    'POST /api/v1/sites/:site/incidents/:incident/dispatch/photos': {
      type: 'image/png',
      base64: 'iVBORw0KGgoAAAAASUVORK5CYII=',
    },
    'PUT /api/v1/sites/:site/staff/:member': {
      name: '张工',
      phone: '+8613900000001',
      language: 'zh-CN',
      skills: [],
      account: null,
      active: true,
    },
    'PUT /api/v1/sites/:site/people/:person/profile': PLAIN_PROFILE,
    'POST /api/v1/sites/:site/people/:person/opt-out': { optedOut: true, evidence: 'said so' },
    'POST /api/v1/sites/:site/people/:person/erasure': { reason: 'asked for it' },
    'POST /api/v1/sites/:site/staff/import': { csv: 'id,name,phone\ne9,Chen,+8613900000099\n' },
    'POST /api/v1/sites/:site/import': { csv: 'premises,floor\n1,1\n' },
    ...Object.fromEntries(
      ['reject', 'reverse', 'appeal', 'dismiss'].map((step) => [
        `POST /api/v1/sites/:site/claims/:claim/${step}`,
        { reason: 'seen' },
      ]),
    ),
    'POST /api/v1/sites/:site/claims/:claim/grant': { reason: 'seen', amount: CNY },
    'POST /api/v1/sites/:site/incidents/:incident/claims/approve': { expect: { count: 1, total: CNY } },
    'PUT /api/v1/sites/:site/claim-settings': {
      submission: 'automatic',
      applicationDays: 30,
      appealDays: 15,
      singleUpTo: CNY,
      twoUpTo: CNY,
      payers: ['property'],
      fundLimit: CNY,
      budgets: [],
    },
    'POST /api/v1/sites/:site/fund/contributions': { amount: CNY, reference: 'receipt 1' },
    'POST /api/v1/sites/:site/fund/recoveries': { amount: CNY, from: 'utility', reference: 'receipt 1' },
    'POST /api/v1/sites/:site/fund/entries/:seq/reverse': { reason: 'typed twice' },
    'POST /api/v1/sites/:site/payouts': { method: 'manual' },
    'POST /api/v1/sites/:site/payouts/:batch/result': { format: 'csv', content_base64: 'eA==' },
    'POST /api/v1/sites/:site/payouts/:batch/book': { payouts: [{ id: 'b-1-0001', receipt: 'R' }] },
    'PUT /api/v1/sites/:site/people/:person/bank-account': { holder: 'n', bank: 'b', number: '123456' },
    'POST /api/v1/sites/:site/incidents/:incident/outlook': { cause: 'cable' },
    'POST /api/v1/sites/:site/planned-outages/preview': WINDOW,
    'POST /api/v1/sites/:site/planned-outages': {
      ...WINDOW,
      id: `pl.${Math.random()}`,
      work: 'repair',
      exemption: 'smell',
    },
    'POST /api/v1/sites/:site/planned-outages/:plan/preview': { change: 'cancel' },
    'PUT /api/v1/sites/:site/planned-outages/:plan/window': { ...WINDOW, exemption: 'smell' },
    'POST /api/v1/sites/:site/planned-outages/:plan/cancel': { reason: 'not needed' },
    'PUT /api/v1/sites/:site/planned-settings': PLANNED_DEFAULTS,
    'POST /api/v1/sites/:site/reports/:report/handle': { outcome: 'fuse' },
    'PUT /api/v1/channels/:channel': { url: 'http://127.0.0.1:9/', secret: 'sixteen characters' },
    'POST /api/v1/channels/:channel/test': { language: 'en' },
    'POST /api/v1/sites/:site/deliveries/:delivery/decide': { decision: 'drop' },
    'PUT /api/v1/sites/:site/message-caps': { chosen: NOTHING_CHOSEN, reason: 'as before' },
    'POST /api/v1/sites/:site/held': {
      subject: 'i1',
      stage: 'lost',
      channel: 'sms',
      reason: 'day_cap',
      decision: 'drop',
    },
    'POST /api/v1/sites/:site/inbox/:message/answer': { text: 'soon' },
    'POST /api/v1/sites/:site/messages/preview': { target: { everybody: true }, zh: '检修', en: 'work' },
    'POST /api/v1/sites/:site/messages': {
      target: { everybody: true },
      zh: '检修',
      en: 'work',
      recipients: 1,
    },
    'PUT /api/v1/sites/:site/roster': NO_ROSTER,
    'PUT /api/v1/sites/:site/dispatch-settings': DISPATCH_DEFAULTS,
  };
  const payload = bodies[route];
  return payload === undefined ? {} : { payload };
}
