import { approvalNeeded, isApprovedBy } from './approval.ts';
import type { Claim } from './claim.ts';
import type { ClaimCommand } from './command.ts';
import type { ClaimSettings } from './settings.ts';

/** Words of the API: why a claim does not take a step. */
export const REFUSALS = [
  'wrong_state',
  'needs_input',
  'supply_not_back',
  'nothing_owed',
  'other_payer',
  'not_applied',
  'applied_already',
  'application_late',
  'own_submission',
  'approved_already',
  'second_person_needed',
  'reason_missing',
  'appeal_late',
  'appealed_already',
  'own_appeal',
  'paid_already',
  'not_paid',
  'in_payout',
  'not_in_payout',
  'is_recourse',
  'other_currency',
] as const;
export type Refusal = (typeof REFUSALS)[number];

const DAY_MS = 86_400_000;

export function complete({ needs }: Claim): Refusal | null {
  return needs.length > 0 ? 'needs_input' : null;
}

export function over({ endedAt }: Claim): Refusal | null {
  return endedAt === null ? 'supply_not_back' : null;
}

export function owesSomething({ amount_minor, kind }: Claim): Refusal | null {
  if (kind === 'recourse') return 'is_recourse';
  return amount_minor > 0 ? null : 'nothing_owed';
}

export function ourPayer(claim: Claim, _command: ClaimCommand, { payers }: ClaimSettings): Refusal | null {
  return payers.includes(claim.payer) ? null : 'other_payer';
}

/** Differences follow from what was applied for already. */
export function appliedWhereAsked(
  { application, kind }: Claim,
  _command: ClaimCommand,
  { submission }: ClaimSettings,
): Refusal | null {
  return submission === 'application' && kind === 'first' && application === null ? 'not_applied' : null;
}

export function firstApplication({ application }: Claim): Refusal | null {
  return application === null ? null : 'applied_already';
}

export function inApplicationTime(
  { endedAt }: Claim,
  { at }: ClaimCommand,
  { applicationDays }: ClaimSettings,
): Refusal | null {
  return endedAt !== null && at > endedAt + applicationDays * DAY_MS ? 'application_late' : null;
}

export function notOwnSubmission({ submittedBy }: Claim, { by }: ClaimCommand): Refusal | null {
  return submittedBy === by ? 'own_submission' : null;
}

export function notTwice({ approvals }: Claim, { by }: ClaimCommand): Refusal | null {
  return approvals.some((one) => one.by === by) ? 'approved_already' : null;
}

export function enoughPersons(claim: Claim, command: ClaimCommand, settings: ClaimSettings): Refusal | null {
  if (command.event !== 'approve') return null;
  const { by, role, at } = command;
  const needed = approvalNeeded(claim.amount_minor, settings);
  return isApprovedBy([...claim.approvals, { by, role, at }], needed) ? null : 'second_person_needed';
}

export function reasonGiven(_claim: Claim, { reason }: ClaimCommand): Refusal | null {
  return reason === undefined || reason.trim() === '' ? 'reason_missing' : null;
}

export function inAppealTime(
  { decidedAt }: Claim,
  { at }: ClaimCommand,
  { appealDays }: ClaimSettings,
): Refusal | null {
  return decidedAt !== null && at > decidedAt + appealDays * DAY_MS ? 'appeal_late' : null;
}

/** A decision is appealed against once; after that courts decide. */
export function firstAppeal({ appeal }: Claim): Refusal | null {
  return appeal === null ? null : 'appealed_already';
}

export function notOwnAppeal({ appeal }: Claim, { by }: ClaimCommand): Refusal | null {
  return appeal?.by === by ? 'own_appeal' : null;
}

/** What was paid is not approved again: more is granted as a claim of its own. */
export function notAfterPayment({ appeal }: Claim): Refusal | null {
  return appeal?.from === 'paid' ? 'paid_already' : null;
}

export function afterPayment({ appeal }: Claim): Refusal | null {
  return appeal?.from === 'paid' ? null : 'not_paid';
}

export function notPaidBefore({ state, appeal }: Claim): Refusal | null {
  return state === 'appealed' && appeal?.from === 'paid' ? 'paid_already' : null;
}

export function notUnderWay({ payout }: Claim): Refusal | null {
  return payout === null ? null : 'in_payout';
}

export function underWay({ payout }: Claim): Refusal | null {
  return payout === null ? 'not_in_payout' : null;
}

export function notUnderWayUnlessPaid({ payout, state }: Claim): Refusal | null {
  return payout === null || state === 'paid' ? null : 'in_payout';
}

export function notRecourse({ kind }: Claim): Refusal | null {
  return kind === 'recourse' ? 'is_recourse' : null;
}
