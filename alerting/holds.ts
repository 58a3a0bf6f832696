import type { Delivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';
import { persist } from './persist.ts';

/** Subjects remembered to have been told about; beyond it the outbox's key still keeps it at one message. */
const KEPT = 1_000;

/** Tells the desk, once a subject, that messages about it wait for a person's word. */
export function createHolds({
  stores,
  clock,
  log,
  bus,
}: Pick<AlertingDeps, 'stores' | 'clock' | 'log' | 'bus'>): (
  delivery: Delivery,
  reason: string,
) => Promise<void> {
  const told = new Set<string>();

  return async ({ site, subject }, reason) => {
    const key = `${site}/${subject}`;
    if (told.has(key)) return;
    if (told.size >= KEPT) told.clear();
    told.add(key);
    log.error('messages are held back for a person to decide', { site, subject, reason });
    const notice = {
      incident: subject,
      stage: 'held',
      revision: 1,
      audience: 'staff',
      recipient: 'staff',
      premises: [],
      at: clock.now(),
    } as const;
    await persist(() => stores.outbox.owe(site, [notice], notice.at));
    bus.publish('notices', { site });
  };
}
