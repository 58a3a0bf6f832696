import type { Approval } from './claim.ts';
import type { ClaimSettings } from './settings.ts';

export interface Needed {
  readonly persons: 1 | 2;
  readonly administrator: boolean;
}

export function approvalNeeded(
  amount_minor: number,
  { singleUpTo_minor, twoUpTo_minor }: ClaimSettings,
): Needed {
  if (amount_minor <= singleUpTo_minor) return { persons: 1, administrator: false };
  return { persons: 2, administrator: amount_minor > twoUpTo_minor };
}

export function isApprovedBy(approvals: readonly Approval[], { persons, administrator }: Needed): boolean {
  const distinct = new Set(approvals.map(({ by }) => by)).size;
  return distinct >= persons && (!administrator || approvals.some(({ role }) => role === 'admin'));
}
