import type { ClaimView } from '../../../contracts/http/claims.ts';
import { hasRole, KEEPERS } from './dispatch-rights.ts';

export const TREASURERS = ['manager', 'finance', 'admin'] as const;
export const ACCOUNTANTS = ['manager', 'finance', 'admin', 'auditor'] as const;

export type ClaimStep = 'submit' | 'approve' | 'reject' | 'appeal' | 'dismiss' | 'grant' | 'reverse';

/** Steps this claim can take by somebody with these rights; who submitted it or agreed already is told why not. */
export function stepsOf({ state, kind, appeal, payout, needs }: ClaimView): readonly ClaimStep[] {
  const paidBefore = appeal?.from === 'paid';
  const found: ClaimStep[] = [];
  if (hasRole(TREASURERS)) {
    if (state === 'assessed' && needs.length === 0 && kind !== 'recourse') found.push('submit');
    if (state === 'submitted' || (state === 'appealed' && !paidBefore)) found.push('approve');
    if (state === 'submitted') found.push('reject');
    if ((state === 'rejected' || state === 'paid') && appeal === null) found.push('appeal');
    if (state === 'appealed') found.push('dismiss');
  }
  if (hasRole(KEEPERS)) {
    if (state === 'appealed' && paidBefore) found.push('grant');
    const open = ['estimated', 'assessed', 'submitted', 'approved'].includes(state) && payout === null;
    if ((open || state === 'paid') && kind !== 'recourse') found.push('reverse');
  }
  return found;
}

export type ApprovalBar = 'ownSubmission' | 'ownApproval' | 'needAdmin' | null;

/** Why this very person's approval would not do, although their role may. */
export function approvalBar(
  { submittedBy, approvals, approvalNeeded }: ClaimView,
  { id, role }: { readonly id: string; readonly role: string },
): ApprovalBar {
  if (submittedBy === id) return 'ownSubmission';
  if (approvals.some(({ by }) => by === id)) return 'ownApproval';
  const last = approvals.length + 1 >= approvalNeeded.persons;
  // Whoever approved before may have been one; only the server knows their role then.
  return approvalNeeded.administrator && last && role !== 'admin' && approvals.length === 0
    ? 'needAdmin'
    : null;
}
