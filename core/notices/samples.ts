import type { Incident } from '../incidents/incident.ts';
import type { Site } from '../topology/site.ts';
import type { Instant } from '../units/time.ts';
import type { Language, NoticeFacts } from './facts.ts';
import { factsOf, indexSite } from './facts-of.ts';
import { type DispatchStage, INCIDENT_STAGES, isIncidentStage, type TemplateStage } from './notice.ts';

const MINUTE_MS = 60_000;
const OUTAGE_MS = 95 * MINUTE_MS;

const DISPATCH_STAGES: readonly DispatchStage[] = [
  'offer',
  'stand_down',
  'go_back',
  'dispatch_warning',
  'dispatch_escalation',
  'on_site_warning',
  'on_site_escalation',
  'informed_warning',
  'informed_escalation',
  'return_visit_warning',
  'return_visit_escalation',
];

export interface Sample {
  readonly stage: TemplateStage;
  readonly audience: 'owner' | 'staff';
  readonly facts: NoticeFacts;
}

/** Every text there is, as it would read for the first two premises of a site about an outage that ended at `at`. */
export function noticeSamples(site: Site, language: Language, at: Instant): readonly Sample[] {
  const units = site.nodes.filter(({ premises }) => premises !== undefined).slice(0, 2);
  const premises = [...new Set(units.flatMap((unit) => unit.premises ?? []))];
  const index = indexSite(site);
  const sample = (stage: TemplateStage, audience: 'owner' | 'staff'): Sample => {
    const ended = stage === 'restored' || stage === 'closed' || stage === 'go_back';
    const incident = incidentOf(
      site,
      units.map(({ id }) => id),
      at,
      ended,
    );
    const facts = factsOf({ stage, audience, premises, revision: 1 }, language, index, incident, []);
    return { stage, audience, facts: { ...facts, ...moneyOf(stage, site), ...dispatchOf(stage, at) } };
  };
  return [
    ...[...INCIDENT_STAGES]
      .filter(isIncidentStage)
      .flatMap((stage) => [sample(stage, 'owner'), sample(stage, 'staff')]),
    ...DISPATCH_STAGES.map((stage) => sample(stage, 'staff')),
  ];
}

function incidentOf(site: Site, units: readonly string[], at: Instant, ended: boolean): Incident {
  const onset = at - OUTAGE_MS;
  const root = site.nodes.find(({ kind }) => kind === 'breaker')?.id ?? site.nodes[0]?.id ?? '';
  return {
    id: 'SAMPLE01',
    kind: 'outage',
    planned: null,
    root,
    rootSide: 'out',
    candidates: [root],
    phases: 'ABC',
    state: ended ? 'restored' : 'open',
    mergedInto: null,
    nestedOf: null,
    onset,
    onsetEarliest: onset,
    detectedAt: onset,
    restoredAt: ended ? at : null,
    closedAt: ended ? at : null,
    momentary: false,
    flaps: 0,
    confidence: 0.98,
    explanation: {
      'zh-CN': '40户中14户报告失电，其后无一户有电',
      en: '14 of 40 units reported loss, none is lit since',
    },
    affected: units.map((node) => ({
      node,
      phases: 'ABC',
      from: onset,
      to: ended ? at : null,
      basis: 'confirmed',
    })),
    timeline: [],
  };
}

function moneyOf(stage: TemplateStage, site: Site): Partial<NoticeFacts> {
  if (stage !== 'estimate') return {};
  return {
    estimate: { amount: { amount: '12.35', currency: site.site.currency }, minutes: 95, final: true },
  };
}

function dispatchOf(stage: TemplateStage, at: Instant): Partial<NoticeFacts> {
  if (isIncidentStage(stage)) return {};
  return {
    dispatch: {
      severity: 'ordinary',
      engineer: '张工',
      dueAt: at + 15 * MINUTE_MS,
      code: '4821',
      link: null,
    },
  };
}
