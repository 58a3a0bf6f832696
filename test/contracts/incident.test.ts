import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import {
  IncidentSchema,
  InterruptionSchema,
  NoticeSchema,
  toIncidentJson,
  toInterruptionJson,
  toNoticeJson,
} from '../../contracts/incident.ts';
import type { Incident } from '../../core/incidents/incident.ts';

const at = Date.UTC(2026, 0, 1);

const incident: Incident = {
  id: 'i1',
  kind: 'outage',
  planned: null,
  root: 'R1',
  rootSide: 'out',
  candidates: ['R1'],
  phases: 'ABC',
  state: 'restored',
  mergedInto: null,
  nestedOf: null,
  onset: at,
  onsetEarliest: at - 1,
  detectedAt: at + 5_000,
  restoredAt: at + 60_000,
  closedAt: null,
  momentary: true,
  flaps: 0,
  confidence: 0.98,
  explanation: { 'zh-CN': '…', en: '…' },
  affected: [{ node: 'u1', phases: 'A', from: at, to: null, basis: 'inferred' }],
  timeline: [{ at, event: 'opened', reason: 'r' }],
};

it('an incident, interruption and notice in JSON are what their schemas say', () => {
  const json = toIncidentJson(incident);
  expect(json).toMatchObject({
    onset: '2026-01-01T00:00:00.000Z',
    onsetEarliest: '2025-12-31T23:59:59.999Z',
    closedAt: null,
  });
  expect(Compile(IncidentSchema).Errors(json)).toEqual([]);
  const interruption = {
    id: 'x',
    node: 'u1',
    premises: null,
    phases: 'A',
    from: at,
    to: null,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [{ incident: 'i1', from: at, to: at }],
  } as const;
  expect(Compile(InterruptionSchema).Errors(toInterruptionJson(interruption))).toEqual([]);
  const notice = {
    incident: 'i1',
    stage: 'lost',
    revision: 1,
    audience: 'owner',
    recipient: '+8619900000001',
    premises: ['1201'],
    at,
  } as const;
  expect(Compile(NoticeSchema).Errors(toNoticeJson(notice))).toEqual([]);
});

it('an interruption names its premises, or its node when it has none', () => {
  const body = {
    id: 'x',
    node: 'u1',
    phases: 'A',
    from: at,
    to: null,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [],
  } as const;
  expect(Object.keys(toInterruptionJson({ ...body, premises: '1201' }))).not.toContain('node');
  expect(toInterruptionJson({ ...body, premises: '1201' }).premises).toBe('1201');
  expect(toInterruptionJson({ ...body, premises: null }).node).toBe('u1');
});

it('a notice in JSON never says to whom', () => {
  const text = JSON.stringify(
    toNoticeJson({
      incident: 'i1',
      stage: 'lost',
      revision: 1,
      audience: 'owner',
      recipient: '+8619900000001',
      premises: [],
      at,
    }),
  );
  expect(text).not.toContain('199');
});
