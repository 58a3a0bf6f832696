import type { MessageStage, Owed } from '../../../core/notices/notice.ts';
import { toIso } from '../../../core/units/time.ts';
import type { NewEvent } from './event-steps.ts';

/**
 * One event per incident, stage and audience, with the number of people owed: thousands of single notices say
 * nothing more to a board, and a person's key has no place in an event.
 */
export function noticeEvents(notices: readonly Owed<MessageStage>[]): readonly NewEvent[] {
  const groups = new Map<string, { readonly first: Owed<MessageStage>; recipients: number }>();
  for (const notice of notices) {
    const key = JSON.stringify([notice.incident, notice.stage, notice.audience]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: notice, recipients: 1 });
    else group.recipients += 1;
  }
  return [...groups.values()].map(({ first, recipients }) => ({
    type: 'notice',
    body: () => ({
      incident: first.incident,
      stage: first.stage,
      audience: first.audience,
      recipients,
      at: toIso(first.at),
    }),
  }));
}
