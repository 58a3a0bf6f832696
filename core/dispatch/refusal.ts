/**
 * over: it has ended · out_of_turn: not from the state it is in · not_asked: that engineer has no offer to answer · not_running:
 * there is no such clock to pause · already: it is so · too_many: a bound is reached.
 */
export type RefusalReason = 'over' | 'out_of_turn' | 'not_asked' | 'not_running' | 'already' | 'too_many';

export interface Refusal {
  readonly refused: RefusalReason;
}

export function isRefused<T extends object>(outcome: T | Refusal): outcome is Refusal {
  return 'refused' in outcome;
}
