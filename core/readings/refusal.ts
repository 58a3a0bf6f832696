import type { Refusal, RefusalReason } from './message.ts';

export function refuse(reason: RefusalReason, detail: string): Refusal {
  return { kind: 'refused', reason, detail };
}
