import type { AffectedUnit, Incident } from '../core/incidents/incident.ts';
import type { Instant } from '../core/units/time.ts';
import type { DarkLine } from '../simulators/truth.ts';
import type { OutageResult } from './outage-result.ts';

/** How far the ledger may be from what really happened. */
const TOLERANCE_MS = 2_000;

export interface Expected {
  readonly root: string;
  /** Exactly the units under it. */
  readonly units: readonly string[];
  readonly truth: readonly DarkLine[];
  /** Person keys that a premises under the root belongs to, by premises. */
  readonly premises: readonly string[];
  /** Of a round that nobody disturbed; null while that is being played. */
  readonly undisturbed: readonly string[] | null;
}

/** What of a result is not as it must be, each in words; empty when all is well. */
export function faultsOf(result: OutageResult, expected: Expected): string[] {
  return [
    ...incidentFaults(result, expected),
    ...ledgerFaults(result, expected),
    ...noticeFaults(result),
    ...estimateFaults(result, expected),
    ...result.lost
      .slice(0, 5)
      .map(({ device, ts }) => `confirmed and lost: ${device} of ${new Date(ts).toISOString()}`),
    ...(result.lost.length > 0 ? [`${result.lost.length} confirmed readings lost`] : []),
  ];
}

/** What must be the same in every round, without ids and instants: those are compared with the truth. */
export function shapeOf(result: OutageResult): readonly string[] {
  const incidents = result.incidents.map((incident) => {
    const { kind, root, rootSide, phases, state, momentary, flaps, affected } = incident;
    const closed = incident.closedAt !== null;
    return JSON.stringify({
      kind,
      root,
      rootSide,
      phases,
      state,
      momentary,
      flaps,
      closed,
      affected: affected.length,
    });
  });
  const ledger = result.ledger.map(({ node, phases, operations, planned, momentary, causes }) =>
    JSON.stringify({ node, phases, operations, planned, momentary, causes: causes.length }),
  );
  const owed = result.deliveries.map(({ audience, stage, revision, premises }) =>
    JSON.stringify({ audience, stage, revision, premises }),
  );
  return numbered([...incidents, ...ledger, ...owed]).sort((a, b) => (a < b ? -1 : 1));
}

/** Owner and occupant of one premises are told the same: the second of two like lines is a line of its own. */
function numbered(lines: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const nth = (seen.get(line) ?? 0) + 1;
    seen.set(line, nth);
    return nth === 1 ? line : `${line} #${nth}`;
  });
}

function incidentFaults(result: OutageResult, { root, units, undisturbed, truth }: Expected): string[] {
  const faults: string[] = [];
  const outages = result.incidents.filter(
    ({ kind, state }) => kind !== 'communication' && state !== 'merged' && state !== 'retracted',
  );
  const [incident] = outages;
  if (outages.length !== 1)
    faults.push(`${outages.length} incidents, not 1: ${outages.map(inWords).join(', ')}`);
  if (incident === undefined) return faults;
  if (incident.root !== root) faults.push(`root ${incident.root}, not ${root}`);
  if (incident.closedAt === null) faults.push('the incident is not closed');
  const listed = incident.affected.map(({ node }) => node);
  faults.push(...difference(listed, units, 'affected'));
  for (const unit of incident.affected)
    faults.push(...spanFaults(`affected ${unit.node}`, unit, truth, unit.node));
  if (undisturbed !== null) faults.push(...difference(shapeOf(result), undisturbed, 'result'));
  return faults;
}

function inWords({ kind, root, state, affected }: Incident): string {
  return `${kind} at ${root} (${state}, ${affected.length} units)`;
}

function difference(found: readonly string[], wanted: readonly string[], what: string): string[] {
  const [has, wants] = [new Set(found), new Set(wanted)];
  const extra = found.filter((one) => !wants.has(one));
  const missing = wanted.filter((one) => !has.has(one));
  return [
    ...(found.length === has.size ? [] : [`${what} holds something twice`]),
    ...(extra.length > 0 ? [`${what} has ${extra.length} too many: ${some(extra)}`] : []),
    ...(missing.length > 0 ? [`${what} lacks ${missing.length}: ${some(missing)}`] : []),
  ];
}

function some(list: readonly string[]): string {
  return list.slice(0, 4).join(' ') + (list.length > 4 ? ' …' : '');
}

function ledgerFaults({ ledger }: OutageResult, { units, truth }: Expected): string[] {
  return [
    ...difference(
      ledger.map(({ node }) => node),
      units,
      'ledger',
    ),
    ...ledger.flatMap((line) => spanFaults(`ledger ${line.node}`, line, truth, line.node)),
  ];
}

function spanFaults(
  what: string,
  { from, to, phases }: Pick<AffectedUnit, 'from' | 'to' | 'phases'>,
  truth: readonly DarkLine[],
  unit: string,
): string[] {
  const spell = truth.find((line) => line.unit === unit);
  if (spell === undefined) return [`${what} was never dark`];
  const faults: string[] = [];
  if (spell.phases !== phases) faults.push(`${what} on ${phases}, really ${spell.phases}`);
  const apart = (found: Instant | null, really: string | null) =>
    found === null || really === null
      ? found === really
        ? 0
        : Number.POSITIVE_INFINITY
      : found - Date.parse(really);
  const [began, ended] = [apart(from, spell.from), apart(to, spell.to)];
  if (Math.abs(began) > TOLERANCE_MS) faults.push(`${what} from ${began} ms off`);
  if (Math.abs(ended) > TOLERANCE_MS) faults.push(`${what} to ${ended} ms off`);
  return faults;
}

/** A message is handed over once, and every one that is owed is handed over or, after a crash, left to a person. */
function noticeFaults({ deliveries, handedOver }: OutageResult): string[] {
  const faults: string[] = [];
  const doubled = handedOver.filter((id, i) => handedOver.indexOf(id) !== i);
  if (doubled.length > 0) faults.push(`${doubled.length} messages handed over twice: ${some(doubled)}`);
  const keys = deliveries.map(({ subject, recipient, stage, revision, channel }) =>
    [subject, recipient, stage, revision, channel].join(' '),
  );
  if (new Set(keys).size !== keys.length) faults.push('a message is owed twice');
  const open = deliveries.filter(
    ({ state }) => !['sent', 'delivered', 'unknown', 'superseded'].includes(state),
  );
  if (open.length > 0)
    faults.push(`${open.length} messages not sent: ${some(open.map(({ state }) => state))}`);
  const known = new Set(deliveries.flatMap(({ providerId }) => (providerId === null ? [] : [providerId])));
  const recorded = deliveries.filter(({ state, providerId }) => state === 'sent' && providerId !== null);
  const written = new Set(handedOver);
  const missing = recorded.filter(({ providerId }) => !written.has(providerId ?? ''));
  if (missing.length > 0) faults.push(`${missing.length} recorded as sent and not in the log`);
  const stray = handedOver.filter((id) => !known.has(id)).length;
  const unknown = deliveries.filter(({ state }) => state === 'unknown').length;
  if (stray > unknown) faults.push(`${stray} messages in the log that nobody owed, ${unknown} unknown`);
  return faults;
}

function estimateFaults({ estimates }: OutageResult, { premises }: Expected): string[] {
  const final = estimates.filter(({ state, refused }) => state === 'final' && refused === null);
  return difference(
    final.map((estimate) => estimate.premises),
    premises,
    'final estimates',
  );
}
