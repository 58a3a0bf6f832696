import type { Changes } from '../../core/incidents/engine.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Interruption, LedgerEntry } from '../../core/interruptions/interruption.ts';
import type { Notice } from '../../core/notices/notice.ts';
import { DETECTION_DEFAULTS } from '../../core/topology/detection-defaults.ts';
import type { Person, Premises, Site } from '../../core/topology/site.ts';

export const T0 = 1_767_225_600_000;

export function incidentOf(id: string, change: Partial<Incident> = {}): Incident {
  return {
    id,
    kind: 'outage',
    planned: null,
    root: 'R1',
    rootSide: 'out',
    candidates: ['R1'],
    phases: 'ABC',
    state: 'open',
    mergedInto: null,
    nestedOf: null,
    onset: T0,
    onsetEarliest: T0 - 1_000,
    detectedAt: T0 + 5_000,
    restoredAt: null,
    closedAt: null,
    momentary: false,
    flaps: 0,
    confidence: 0.98,
    explanation: { 'zh-CN': '停电', en: 'dark' },
    affected: [{ node: 'u-1', phases: 'A', from: T0, to: null, basis: 'confirmed' }],
    timeline: [{ at: T0 + 5_000, event: 'opened', reason: 'two of two' }],
    ...change,
  };
}

export function interruptionOf(id: string, change: Partial<Interruption> = {}): Interruption {
  return {
    id,
    node: `u-${id}`,
    premises: id,
    phases: 'A',
    from: T0,
    to: null,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [{ incident: 'i1', from: T0, to: null }],
    ...change,
  };
}

export function line(type: LedgerEntry['type'], body: Interruption, at = T0 + 5_000): LedgerEntry {
  return { type, at, reason: type, body };
}

export function noticeOf(recipient: string, change: Partial<Notice> = {}): Notice {
  return {
    incident: 'i1',
    stage: 'lost',
    revision: 1,
    audience: recipient === 'staff' ? 'staff' : 'owner',
    recipient,
    premises: ['1201'],
    at: T0 + 5_000,
    ...change,
  };
}

export function changesOf(change: Partial<Changes>): Changes {
  return { incidents: [], ledger: [], notices: [], ...change };
}

export function person(phone: string, name = '王芳'): Person {
  return { name, phone, language: 'zh-CN' };
}

export function premisesOf(id: string, owner: Person | null, occupant: Person | null = null): Premises {
  return { id, building: '7', floor: 12, area_m2: '98.4', class: 'residential', owner, occupant };
}

export function siteOf(id: string, premises: readonly Premises[]): Site {
  return {
    site: {
      id,
      name: '金文大厦',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      detection: DETECTION_DEFAULTS,
      schemes: [],
      simulated: false,
    },
    nodes: [{ id: 'U', kind: 'feed', fedBy: null, phases: 'ABC', nominal_v: 230 }],
    ties: [],
    transfers: [],
    gateways: [],
    devices: [],
    premises,
  };
}
