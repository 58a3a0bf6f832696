import type { Claim, ClaimState } from './claim.ts';
import type { ClaimCommand, ClaimEvent } from './command.ts';
import * as guard from './guards.ts';
import type { ClaimSettings } from './settings.ts';

/** Why a step is not allowed: a word of the API. */
export type Guard = (claim: Claim, command: ClaimCommand, settings: ClaimSettings) => guard.Refusal | null;

export interface Transition {
  readonly from: readonly ClaimState[];
  /** before_appeal: back to where the appeal came from. */
  readonly to: ClaimState | 'same' | 'before_appeal';
  readonly guards: readonly Guard[];
}

/** Every way a claim can go; there is no other. */
export const TRANSITIONS: Readonly<Record<ClaimEvent, Transition>> = {
  renew: {
    from: ['estimated', 'assessed', 'submitted', 'approved', 'appealed'],
    to: 'estimated',
    guards: [guard.notUnderWay, guard.notPaidBefore],
  },
  assess: { from: ['estimated'], to: 'assessed', guards: [guard.complete, guard.over] },
  apply: {
    from: ['estimated', 'assessed'],
    to: 'same',
    guards: [guard.firstApplication, guard.inApplicationTime],
  },
  submit: {
    from: ['assessed'],
    to: 'submitted',
    guards: [guard.complete, guard.owesSomething, guard.ourPayer, guard.appliedWhereAsked],
  },
  endorse: {
    from: ['submitted', 'appealed'],
    to: 'same',
    guards: [guard.notAfterPayment, guard.notOwnSubmission, guard.notTwice],
  },
  approve: {
    from: ['submitted', 'appealed'],
    to: 'approved',
    guards: [guard.notAfterPayment, guard.notOwnSubmission, guard.notTwice, guard.enoughPersons],
  },
  reject: {
    from: ['submitted'],
    to: 'rejected',
    guards: [guard.reasonGiven, guard.notOwnSubmission],
  },
  appeal: {
    from: ['rejected', 'paid'],
    to: 'appealed',
    guards: [guard.reasonGiven, guard.inAppealTime, guard.firstAppeal],
  },
  dismiss: { from: ['appealed'], to: 'before_appeal', guards: [guard.reasonGiven, guard.notOwnAppeal] },
  grant: {
    from: ['appealed'],
    to: 'before_appeal',
    guards: [guard.afterPayment, guard.reasonGiven, guard.notOwnAppeal],
  },
  prepare: { from: ['approved'], to: 'same', guards: [guard.notUnderWay] },
  release: { from: ['approved'], to: 'same', guards: [guard.underWay] },
  pay: { from: ['approved'], to: 'paid', guards: [guard.underWay] },
  reverse: {
    from: ['estimated', 'assessed', 'submitted', 'approved', 'paid'],
    to: 'reversed',
    guards: [guard.reasonGiven, guard.notUnderWayUnlessPaid, guard.notRecourse],
  },
};
