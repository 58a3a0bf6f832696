import type { ClockStage, DispatchStage, Owed } from '../notices/notice.ts';
import type { Instant } from '../units/time.ts';
import { type Dispatch, openOffer } from './dispatch.ts';
import type { ClockStep } from './due-steps.ts';
import type { ChainTarget } from './settings.ts';

/** Whom messages can reach at this moment. */
export interface Reachable {
  /** By person id; null for who has none or is not in service. */
  phoneOf(person: string): string | null;
  /** Person ids in the order to call them. */
  readonly onCall: readonly string[];
  /** The duty desk has a telephone, not only a screen. */
  readonly deskHasPhone: boolean;
}

/** The recipient that means the duty desk. */
const DESK = 'staff';

/** A message to one recipient, and the record that remembers its revision: no two messages share a key. */
export function owe(
  dispatch: Dispatch,
  recipient: string,
  stage: DispatchStage,
  at: Instant,
): { readonly dispatch: Dispatch; readonly notice: Owed<DispatchStage> } {
  const key = `${recipient} ${stage}`;
  const revision = (dispatch.told[key] ?? 0) + 1;
  const notice: Owed<DispatchStage> = {
    incident: dispatch.incident,
    stage,
    revision,
    audience: 'staff',
    recipient,
    premises: [],
    at,
  };
  return { dispatch: { ...dispatch, told: { ...dispatch.told, [key]: revision } }, notice };
}

/** What the steps that still matter owe, in order. */
export function oweSteps(
  dispatch: Dispatch,
  steps: readonly ClockStep[],
  who: Reachable,
  at: Instant,
): { readonly dispatch: Dispatch; readonly notices: readonly Owed<DispatchStage>[] } {
  let after = dispatch;
  const notices: Owed<DispatchStage>[] = [];
  for (const step of steps) {
    if (step.moot) continue;
    for (const recipient of recipientsOf(step.to, after, who)) {
      const owed = owe(after, recipient, stageOf(step), at);
      after = owed.dispatch;
      notices.push(owed.notice);
    }
  }
  return { dispatch: after, notices };
}

export function stageOf({ clock, kind }: Pick<ClockStep, 'clock' | 'kind'>): ClockStage {
  return `${clock}_${kind}`;
}

/** Somebody always hears of it: whoever is missing in the chain is stood in for by the desk, a desk without a telephone by who is on call. */
function recipientsOf(to: ChainTarget, dispatch: Dispatch, who: Reachable): readonly string[] {
  const phone = personOf(to, dispatch, who);
  if (phone !== null) return [phone];
  if (who.deskHasPhone) return [DESK];
  const standIn = who.onCall.map((person) => who.phoneOf(person)).find((one) => one !== null);
  return standIn === undefined ? [DESK] : [DESK, standIn];
}

function personOf(to: ChainTarget, dispatch: Dispatch, who: Reachable): string | null {
  if (to === 'desk') return null;
  if (to === 'engineer') {
    const engineer = dispatch.engineer ?? openOffer(dispatch)?.engineer;
    return engineer === undefined ? null : who.phoneOf(engineer);
  }
  if (to.startsWith('person:')) return who.phoneOf(to.slice('person:'.length));
  const person = who.onCall[Number(to.slice('on_call:'.length)) - 1];
  return person === undefined ? null : who.phoneOf(person);
}
