import type { Instant } from '../units/time.ts';
import type { Notice } from './notice.ts';
import { oweTo, type Told } from './owed.ts';

/** What people were told changes only after it has stood this long: the latest of several corrections counts. */
export const SETTLE_MS = 60_000;
/** Nobody reads of changes more often than this. */
export const INTERVAL_MS = 15 * 60_000;

/** Who reads `lost` or `changed` now reads this about reason and end; who reads that it is over no longer waits for more. */
export function remember(told: Told, notices: readonly Notice[], text: string): void {
  for (const { recipient, stage } of notices) {
    if (!told.lost.has(recipient)) told.knows.delete(recipient);
    else if (stage === 'lost') told.knows.set(recipient, text);
  }
}

/**
 * `changed` for everybody who read something else about reason and end than `text`, which is true now: once per change,
 * at most `most` at a time. `next`: when to ask again without anything changing; 0 for never.
 */
export function oweChanged(
  incident: string,
  told: Told,
  text: string,
  at: Instant,
  most: number,
): { readonly notices: readonly Notice[]; readonly next: Instant } {
  const known = told.outlook;
  if (known?.text !== text) {
    told.outlook = { text, since: at, toldText: known?.toldText ?? '', toldAt: known?.toldAt ?? 0 };
  }
  const outlook = told.outlook;
  const { knows } = told;
  if (outlook === undefined) return { notices: [], next: 0 };
  const behind = [...told.lost].filter(([recipient]) => (knows.get(recipient) ?? text) !== text);
  if (behind.length === 0) return { notices: [], next: 0 };
  const due =
    outlook.toldText === text
      ? outlook.since
      : Math.max(outlook.since + SETTLE_MS, outlook.toldAt === 0 ? 0 : outlook.toldAt + INTERVAL_MS);
  if (at < due) return { notices: [], next: due };
  const now = behind.slice(0, Math.max(0, most));
  const notices = now.map(([recipient, premises]) => {
    knows.set(recipient, text);
    return oweTo(incident, told, recipient, 'changed', 'owner', premises, at);
  });
  if (now.length > 0) told.outlook = { ...outlook, toldText: text, toldAt: at };
  return { notices, next: now.length < behind.length ? at + 1000 : 0 };
}
