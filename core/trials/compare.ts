import type { Incident } from '../incidents/incident.ts';
import type {
  NoticeCost,
  TrialAspect,
  TrialIncident,
  TrialPair,
  TrialResult,
  TrialRun,
  TrialSide,
} from './trial.ts';

/** Two incidents further apart are not the same fault told otherwise. */
const APART_MS = 600_000;
const PAIRS = 1_000;
const NOTHING: NoticeCost = { owner: 0, staff: 0, smsParts: 0 };

/** Sets the incidents of two replays of the same evidence against each other. */
export function compareRuns(before: TrialRun, after: TrialRun): TrialResult {
  const left = told(before);
  const right = told(after);
  const partners = pairUp(left, right);
  const taken = new Set(partners.values());
  const pairs = [
    ...left.map((incident) => pairOf(before, incident, after, partners.get(incident) ?? null)),
    ...right.filter((incident) => !taken.has(incident)).map((one) => pairOf(before, null, after, one)),
  ];
  const differing = pairs.filter(({ verdict }) => verdict !== 'same');
  const alike = pairs.filter(({ verdict }) => verdict === 'same');
  const kept = [...differing, ...alike].slice(0, PAIRS);
  return {
    before: sideOf(before, left),
    after: sideOf(after, right),
    incidents: kept.sort((a, b) => onsetOf(a) - onsetOf(b)),
    omitted: pairs.length - kept.length,
  };
}

function told({ incidents }: TrialRun): Incident[] {
  return incidents.filter(({ state }) => state !== 'merged').sort((a, b) => a.onset - b.onset);
}

/** The closest first; each has one partner at most. */
function pairUp(left: readonly Incident[], right: readonly Incident[]): Map<Incident, Incident> {
  const candidates: { a: Incident; b: Incident; likeness: number }[] = [];
  let first = 0;
  for (const a of left) {
    while ((right[first]?.onset ?? a.onset) < a.onset - APART_MS) first += 1;
    for (let i = first; i < right.length; i++) {
      const b = right[i];
      if (b === undefined || b.onset > a.onset + APART_MS) break;
      const likeness = likenessOf(a, b);
      if (likeness > 0) candidates.push({ a, b, likeness });
    }
  }
  candidates.sort((one, other) => other.likeness - one.likeness);
  const partners = new Map<Incident, Incident>();
  const taken = new Set<Incident>();
  for (const { a, b } of candidates) {
    if (partners.has(a) || taken.has(b)) continue;
    partners.set(a, b);
    taken.add(b);
  }
  return partners;
}

/** 0 for two that share neither root nor a unit. */
function likenessOf(a: Incident, b: Incident): number {
  const units = new Set(a.affected.map(({ node }) => node));
  const shared = b.affected.filter(({ node }) => units.has(node)).length;
  const all = units.size + b.affected.length - shared;
  const likeness = (a.root === b.root ? 2 : 0) + (all === 0 ? 0 : shared / all);
  if (likeness === 0) return 0;
  return likeness + (a.kind === b.kind ? 0.5 : 0) + (1 - Math.abs(a.onset - b.onset) / APART_MS) / 4;
}

function pairOf(before: TrialRun, a: Incident | null, after: TrialRun, b: Incident | null): TrialPair {
  const left = a === null ? null : briefOf(a, before);
  const right = b === null ? null : briefOf(b, after);
  if (a === null || b === null || left === null || right === null)
    return { verdict: b === null ? 'only_before' : 'only_after', before: left, after: right, differs: [] };
  const differs = aspectsOf(a, left, b, right);
  return { verdict: differs.length === 0 ? 'same' : 'changed', before: left, after: right, differs };
}

function aspectsOf(a: Incident, left: TrialIncident, b: Incident, right: TrialIncident): TrialAspect[] {
  const plain = (['kind', 'root', 'phases', 'state', 'onset', 'restoredAt'] as const).filter(
    (aspect) => left[aspect] !== right[aspect],
  );
  const costs = ({ notices: { owner, staff, smsParts } }: TrialIncident) => `${owner} ${staff} ${smsParts}`;
  return [
    ...plain,
    ...(unitsOf(a) === unitsOf(b) ? [] : (['affected'] as const)),
    ...(costs(left) === costs(right) ? [] : (['notices'] as const)),
  ];
}

function unitsOf({ affected }: Incident): string {
  return affected
    .map(({ node, phases, from, to }) => `${node} ${phases} ${from} ${to}`)
    .sort()
    .join(',');
}

function briefOf(incident: Incident, { notices }: TrialRun): TrialIncident {
  const { id, kind, root, phases, state, onset, restoredAt, affected } = incident;
  return {
    ...{ kind, root, phases, state, onset, restoredAt },
    units: affected.length,
    notices: notices.get(id) ?? NOTHING,
  };
}

function sideOf(
  { notices, interruptions, minutes, passedOver }: TrialRun,
  incidents: readonly Incident[],
): TrialSide {
  const sum = (of: (cost: NoticeCost) => number) =>
    [...notices.values()].reduce((all, one) => all + of(one), 0);
  return {
    incidents: incidents.length,
    outages: incidents.filter(({ kind }) => kind === 'outage' || kind === 'partial').length,
    interruptions,
    minutes,
    passedOver,
    notices: {
      owner: sum(({ owner }) => owner),
      staff: sum(({ staff }) => staff),
      smsParts: sum(({ smsParts }) => smsParts),
    },
  };
}

function onsetOf({ before, after }: TrialPair): number {
  return before?.onset ?? after?.onset ?? 0;
}
