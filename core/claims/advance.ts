import type { Claim, ClaimState } from './claim.ts';
import type { ClaimCommand } from './command.ts';
import type { Refusal } from './guards.ts';
import type { ClaimSettings } from './settings.ts';
import { TRANSITIONS, type Transition } from './transitions.ts';

export interface Refused {
  readonly refused: Refusal;
}

export function isRefused(outcome: Claim | Refused): outcome is Refused {
  return 'refused' in outcome;
}

/** The claim one step further, or why it may not take it. */
export function advance(claim: Claim, command: ClaimCommand, settings: ClaimSettings): Claim | Refused {
  const transition = TRANSITIONS[command.event];
  if (!transition.from.includes(claim.state)) return { refused: 'wrong_state' };
  for (const guard of transition.guards) {
    const refused = guard(claim, command, settings);
    if (refused !== null) return { refused };
  }
  const state = stateAfter(claim, transition);
  const changed = { ...claim, ...changesOf(claim, command), state };
  const { by, at, event, reason = null } = command;
  const step = { at, by, event, from: claim.state, to: state, reason, amount_minor: changed.amount_minor };
  return { ...changed, steps: [...stepsBefore(claim, command), step] };
}

/** A running estimate is renewed all the time: its newest line replaces the one before. */
function stepsBefore({ steps, state }: Claim, { event }: ClaimCommand): Claim['steps'] {
  const last = steps.at(-1);
  const running =
    event === 'renew' && state === 'estimated' && last?.event === 'renew' && last.from === 'estimated';
  return running ? steps.slice(0, -1) : steps;
}

/** Approves, or notes the approval where a second person is needed. */
export function approve(
  claim: Claim,
  command: Omit<Extract<ClaimCommand, { event: 'approve' | 'endorse' }>, 'event'>,
  settings: ClaimSettings,
): Claim | Refused {
  const whole = advance(claim, { ...command, event: 'approve' }, settings);
  if (!isRefused(whole) || whole.refused !== 'second_person_needed') return whole;
  return advance(claim, { ...command, event: 'endorse' }, settings);
}

function stateAfter({ state, appeal }: Claim, { to }: Transition): ClaimState {
  if (to === 'same') return state;
  return to === 'before_appeal' ? (appeal?.from ?? state) : to;
}

function changesOf(claim: Claim, command: ClaimCommand): Partial<Claim> {
  const { by, at } = command;
  switch (command.event) {
    case 'renew': {
      const { total_minor, ...assessed } = command.assessed;
      const { amount_minor, endedAt } = command;
      // Nobody has agreed to the new amount.
      return {
        ...assessed,
        amount_minor,
        basis_minor: total_minor,
        endedAt,
        approvals: [],
        submittedBy: null,
      };
    }
    case 'apply':
      return { application: { by, at, date: command.date } };
    case 'submit':
      return { submittedBy: by };
    case 'endorse':
    case 'approve':
      return {
        approvals: [...claim.approvals, { by, role: command.role, at }],
        ...(command.event === 'approve' ? { decidedAt: at } : {}),
      };
    case 'appeal':
      return {
        appeal: { by, at, reason: command.reason ?? '', from: claim.state === 'paid' ? 'paid' : 'rejected' },
        approvals: claim.state === 'paid' ? claim.approvals : [],
      };
    case 'prepare':
      return { payout: command.payout };
    case 'release':
      return { payout: null };
    case 'pay':
      return { payment: command.payment, decidedAt: at };
    case 'reject':
    case 'dismiss':
    case 'grant':
    case 'reverse':
      return { decidedAt: at };
    case 'assess':
      return {};
  }
}
