import { type OnCall, onCallAt } from '../roster/on-call.ts';
import type { Roster } from '../roster/roster.ts';
import { type Suggestion, suggestEngineers } from '../roster/suggest.ts';
import type { NodeKind } from '../topology/site.ts';
import type { Instant } from '../units/time.ts';
import { type Dispatch, isUnderWay, openOffer } from './dispatch.ts';
import type { DispatchSettings } from './settings.ts';
import type { StaffMember } from './staff-member.ts';
import type { Reachable } from './tell.ts';

/** All that is stored about whom a site can send. */
export interface StaffFile {
  readonly members: readonly StaffMember[];
  readonly roster: Roster;
  readonly settings: DispatchSettings;
}

/** Whom a site can send at one moment. */
export interface Bench extends StaffFile {
  readonly onCall: OnCall;
  /** Dispatches in hand, by person id. */
  readonly load: ReadonlyMap<string, number>;
}

export function benchAt(file: StaffFile, active: readonly Dispatch[], zone: string, at: Instant): Bench {
  const serving = new Set(file.members.filter(inService).map(({ id }) => id));
  const onCall = onCallAt(file.roster, zone, at);
  const load = new Map<string, number>();
  for (const dispatch of active) {
    const engineer = isUnderWay(dispatch) ? dispatch.engineer : openOffer(dispatch)?.engineer;
    if (engineer) load.set(engineer, (load.get(engineer) ?? 0) + 1);
  }
  return { ...file, load, onCall: { ...onCall, order: onCall.order.filter((id) => serving.has(id)) } };
}

/** Every engineer in service, the best for a fault at such a node first. */
export function suggestionsFor(bench: Bench, root: NodeKind | undefined): readonly Suggestion[] {
  const needed = root === undefined ? [] : (bench.settings.skills[root] ?? []);
  return suggestEngineers(bench.members.filter(inService), bench.onCall.order, bench.load, needed);
}

/** Whom to ask next without a person's choice: on call, and not asked yet since the incident was last opened. */
export function nextToAsk(dispatch: Dispatch, suggestions: readonly Suggestion[]): string | null {
  const since = dispatch.history.findLast(({ event }) => event === 'reopened')?.at ?? dispatch.openedAt;
  const asked = new Set(dispatch.offers.filter(({ at }) => at >= since).map(({ engineer }) => engineer));
  return (
    suggestions.find(({ onCall, engineer }) => onCall !== null && !asked.has(engineer))?.engineer ?? null
  );
}

export function reachableOf({ members, onCall, settings }: Bench): Reachable {
  const phones = new Map(members.filter(inService).map(({ id, phone }) => [id, phone]));
  return {
    phoneOf: (person) => phones.get(person) ?? null,
    onCall: onCall.order,
    deskHasPhone: settings.deskPhone !== null,
  };
}

function inService({ active, phone }: StaffMember): boolean {
  return active && phone !== null;
}
