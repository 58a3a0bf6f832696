import type { ReplayResult } from '../../cli/replay/fold.ts';
import type { Instant } from '../../core/units/time.ts';
import type { Course, CourseKind, Fault } from './course.ts';
import type { Grid } from './grid.ts';
import type { Stream } from './stream.ts';
import { type Darkness, darkUnits, traceOf } from './truth.ts';

type Incident = ReplayResult['incidents'][number];
type Interruption = Pick<ReplayResult['interruptions'][number], 'from' | 'to' | 'phases'> & {
  readonly node: string;
};

/** One course judged on the final state of its replay. */
export interface Score {
  readonly seed: number;
  readonly kind: CourseKind;
  /** Faults that left any trace in the messages; the others can be known to nobody. */
  readonly faults: number;
  readonly traceless: number;
  readonly reported: number;
  /** An incident lists a unit of it, in its time. */
  readonly detected: number;
  /** An incident in its time has a root that no evidence tells from the true one. */
  readonly rightRoot: number;
  readonly incidents: number;
  readonly rightIncidents: number;
  readonly listed: number;
  readonly wronglyListed: number;
  readonly darkUnits: number;
  readonly missedUnits: number;
  /** Interruptions in the ledger of units that were never dark in that time. */
  readonly phantoms: number;
  readonly onsetErrors_ms: readonly number[];
  readonly restoreErrors_ms: readonly number[];
  readonly outagesOnCommunication: number;
  readonly verdicts_ms: readonly number[];
  readonly unknownTold: number;
  readonly complaints: readonly string[];
}

/** Device clocks are known to a few seconds at best. */
const SLACK_MS = 5_000;
/** Shorter darkness than this (a transfer to the generator) is not held against anybody. */
const SHORT_MS = 30_000;

export function scoreOf(grid: Grid, course: Course, stream: Stream, result: ReplayResult): Score {
  const final = result.incidents.filter(
    ({ kind, state }) =>
      (kind === 'outage' || kind === 'partial') && state !== 'merged' && state !== 'retracted',
  );
  const dark = darkUnits(grid, course);
  const interruptions = atNodes(grid, result.interruptions);
  const complaints: string[] = [];
  const traces = course.faults.map((fault) => ({ fault, ...traceOf(grid, course, stream, fault) }));
  const traced = traces.filter(({ any }) => any);

  let [detected, rightRoot] = [0, 0];
  const verdicts_ms: number[] = [];
  for (const { fault, reportedAt } of traced) {
    const own = final.filter((incident) => isRight(grid, incident, fault));
    const listing = own.length > 0 ? own : final.filter((incident) => lists(grid, incident, fault, course));
    if (own.length > 0) rightRoot += 1;
    const kept = own.length === 0 && fault.hidden && keepsDark(grid, course, dark, fault, interruptions);
    if (listing.length > 0 || kept) detected += 1;
    const first = listing[0];
    if (first === undefined) complaints.push(`${kept ? 'unnamed' : 'missed'} ${nameOf(fault)}`);
    else if (own.length === 0)
      complaints.push(`wrong root for ${nameOf(fault)}: ${listing.map(describe).join(', ')}`);
    else if (reportedAt > 0 && Date.parse(first.detectedAt) < fault.to) {
      verdicts_ms.push(Math.max(0, Date.parse(first.detectedAt) - reportedAt));
    }
  }

  const right = final.filter((incident) => course.faults.some((fault) => isRight(grid, incident, fault)));
  for (const incident of final) if (!right.includes(incident)) complaints.push(`false ${describe(incident)}`);
  for (const incident of final)
    if (incident.state === 'open') complaints.push(`left open ${describe(incident)}`);

  // On an unknown basis nobody says that a unit is dark.
  const pairs = final.flatMap((incident) =>
    incident.affected.filter(({ basis }) => basis !== 'unknown').map((unit) => ({ incident, unit })),
  );
  const wrong = pairs.filter(({ unit }) => !wasDark(dark.get(unit.node), unit.from, unit.to));
  if (wrong.length > 0) {
    const named = wrong.slice(0, 3).map(({ unit, incident }) => `${unit.node} in ${incident.root}`);
    complaints.push(`${wrong.length} wrongly listed: ${named.join(', ')}`);
  }

  const ledger = compareLedger(
    dark,
    traced.map(({ fault }) => fault),
    grid,
    interruptions,
  );
  if (ledger.missed.length > 0)
    complaints.push(`${ledger.missed.length} units missed: ${ledger.missed.slice(0, 3).join(', ')}`);
  if (ledger.worst !== '') complaints.push(ledger.worst);

  const opened = course.kind === 'communication' ? outagesWithoutCause(grid, course, result) : [];
  for (const incident of opened) complaints.push(`outage on a communication fault: ${describe(incident)}`);
  const unknownTold = toldOnUnknown(grid, result);
  if (unknownTold > 0) complaints.push(`${unknownTold} owners told on unknown`);

  return {
    seed: course.seed,
    kind: course.kind,
    faults: traced.length,
    traceless: traces.length - traced.length,
    reported: traced.filter(({ reportedAt }) => reportedAt > 0).length,
    detected,
    rightRoot,
    incidents: final.length,
    rightIncidents: right.length,
    listed: pairs.length,
    wronglyListed: wrong.length,
    darkUnits: ledger.dark,
    missedUnits: ledger.missed.length,
    phantoms: ledger.phantoms,
    onsetErrors_ms: ledger.onsets,
    restoreErrors_ms: ledger.ends,
    outagesOnCommunication: opened.length,
    verdicts_ms,
    unknownTold,
    complaints,
  };
}

/** A ledger line names the premises where there is one. */
function atNodes(grid: Grid, interruptions: ReplayResult['interruptions']): Interruption[] {
  const units = new Map(
    grid.site.nodes.flatMap(({ id, premises }) => (premises === undefined ? [] : [[premises, id]])),
  );
  return interruptions.map(({ node, premises, from, to, phases }) => ({
    node: node ?? units.get(premises ?? '') ?? '',
    from,
    to,
    phases,
  }));
}

function isRight(grid: Grid, incident: Incident, fault: Fault): boolean {
  if (!inTime(incident, fault)) return false;
  const side = incident.rootSide ?? 'in';
  return (
    grid.signature(incident.root, side, incident.phases) ===
    grid.signature(fault.node, fault.side, fault.phases)
  );
}

function inTime(incident: Incident, { from, to }: Darkness | Fault): boolean {
  const end = incident.restoredAt === null ? Number.POSITIVE_INFINITY : Date.parse(incident.restoredAt);
  return Date.parse(incident.onsetEarliest) <= to + SLACK_MS && end >= from - SLACK_MS;
}

/** An incident whose list holds a unit that this fault took, in the fault's time; a hidden fault's units are also the outer one's. */
function lists(grid: Grid, incident: Incident, fault: Fault, course: Course): boolean {
  const outer = course.faults.find((one) => one !== fault && grid.isUnder(fault.node, one.node));
  return incident.affected.some(({ node, from, to }) => {
    if (!grid.isUnder(node, fault.node)) return false;
    const end = to === null ? Number.POSITIVE_INFINITY : Date.parse(to);
    const begin = outer === undefined ? fault.from : Math.max(fault.from, outer.to);
    return (
      Date.parse(from) <= fault.to &&
      end >= begin - SLACK_MS &&
      (outer === undefined || end > outer.to + SHORT_MS)
    );
  });
}

/** Nothing told the hidden fault apart, but its units stay dark in the ledger until it ends. */
function keepsDark(
  grid: Grid,
  course: Course,
  dark: ReadonlyMap<string, Darkness[]>,
  fault: Fault,
  interruptions: readonly Interruption[],
): boolean {
  if (course.kind !== 'nested') return false;
  const units = [...dark.keys()].filter((unit) => grid.isUnder(unit, fault.node));
  return units.every((unit) =>
    interruptions.some(
      ({ node, to }) =>
        node === unit && to !== undefined && to !== null && Math.abs(Date.parse(to) - fault.to) <= SHORT_MS,
    ),
  );
}

function wasDark(spells: readonly Darkness[] | undefined, from: string, to: string | null): boolean {
  const end = to === null ? Number.POSITIVE_INFINITY : Date.parse(to);
  return (spells ?? []).some(
    (spell) => spell.from <= end + SLACK_MS && spell.to >= Date.parse(from) - SLACK_MS,
  );
}

interface LedgerComparison {
  readonly dark: number;
  readonly missed: readonly string[];
  readonly onsets: readonly number[];
  readonly ends: readonly number[];
  readonly phantoms: number;
  readonly worst: string;
}

/** Interruptions against what each unit truly went through. */
function compareLedger(
  dark: ReadonlyMap<string, Darkness[]>,
  faults: readonly Fault[],
  grid: Grid,
  interruptions: readonly Interruption[],
): LedgerComparison {
  const byNode = new Map<string, Interruption[]>();
  for (const one of interruptions) byNode.set(one.node, [...(byNode.get(one.node) ?? []), one]);
  const missed: string[] = [];
  const onsets: number[] = [];
  const ends: number[] = [];
  let [count, torn, phantom] = [0, 0, 0];
  for (const [unit, spells] of dark) {
    for (const spell of spells) {
      if (spell.to - spell.from < SHORT_MS) continue;
      if (
        !faults.some(
          (fault) => grid.isUnder(unit, fault.node) && fault.from <= spell.to && fault.to >= spell.from,
        )
      )
        continue;
      count += 1;
      const own = (byNode.get(unit) ?? []).filter((one) => overlaps(one, spell));
      if (own.length === 0) missed.push(unit);
      if (own.length > 1 && new Set(own.map(({ phases }) => phases)).size < own.length) torn += 1;
      if (own.length === 0) continue;
      onsets.push(Math.abs(Math.min(...own.map(({ from }) => Date.parse(from))) - spell.from));
      const end = Math.max(...own.map(({ to }) => (to == null ? Number.POSITIVE_INFINITY : Date.parse(to))));
      ends.push(Math.abs(end - spell.to));
    }
  }
  for (const one of interruptions) {
    if (!(dark.get(one.node) ?? []).some((spell) => overlaps(one, spell))) phantom += 1;
  }
  const far = ends.filter((error) => error > 120_000).length;
  const worst = [
    torn > 0 ? `${torn} spells of darkness told as several` : '',
    phantom > 0 ? `${phantom} interruptions nobody had` : '',
    far > 0 ? `${far} restorations off by more than two minutes` : '',
  ].filter((text) => text !== '');
  return { dark: count, missed, onsets, ends, phantoms: phantom, worst: worst.join('; ') };
}

function overlaps({ from, to }: Interruption, spell: Darkness): boolean {
  const end = to == null ? Number.POSITIVE_INFINITY : Date.parse(to);
  return Date.parse(from) <= spell.to + SLACK_MS && end >= spell.from - SLACK_MS;
}

/** Whatever was ever opened, retracted or not; a meter's false gasp is a fault of its own. */
function outagesWithoutCause(grid: Grid, course: Course, { incidents }: ReplayResult): Incident[] {
  const gasped = new Set(
    course.falseGasps.flatMap(({ device }) => grid.site.devices.find(({ id }) => id === device)?.node ?? []),
  );
  return incidents.filter(
    ({ kind, root, affected }) =>
      (kind === 'outage' || kind === 'partial') &&
      !gasped.has(root) &&
      !(gasped.size > 0 && affected.every(({ node }) => gasped.has(node))),
  );
}

function toldOnUnknown(grid: Grid, { incidents, notices }: ReplayResult): number {
  const premisesOf = new Map(grid.site.nodes.map(({ id, premises }) => [id, premises]));
  const unknown = new Map(
    incidents.map(({ id, affected }) => [
      id,
      new Set(
        affected.flatMap(({ node, basis }) => (basis === 'unknown' ? (premisesOf.get(node) ?? []) : [])),
      ),
    ]),
  );
  return notices.filter(
    ({ audience, incident, premises, stage }) =>
      audience === 'owner' &&
      stage === 'lost' &&
      premises.some((id) => unknown.get(incident)?.has(id) === true),
  ).length;
}

function nameOf({ node, side, phases, from, to }: Fault): string {
  return `${node}.${side} ${phases} ${clockOf(from)}-${clockOf(to)}`;
}

function describe({ kind, root, rootSide, phases, state, onset, affected }: Incident): string {
  return `${kind} ${root}${rootSide === null ? '' : `.${rootSide}`} ${phases} ${state} from ${clockOf(Date.parse(onset))} (${affected.length})`;
}

function clockOf(at: Instant): string {
  return new Date(at).toISOString().slice(11, 19);
}
