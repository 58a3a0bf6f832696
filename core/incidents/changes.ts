import type { Notice } from '../notices/notice.ts';
import { idOf } from '../topology/network.ts';
import type { Changes } from './engine.ts';
import type { Incident } from './incident.ts';
import { ledgerLines } from './ledger-lines.ts';
import { owedNotices } from './owed-notices.ts';
import { isLarge, PORTION } from './portion.ts';
import { publish } from './record.ts';
import type { World } from './world.ts';

export const NO_CHANGES: Changes = { incidents: [], ledger: [], notices: [] };

/** What changed since the last call, in the form the store takes: every incident at once, ledger and notices in portions. */
export function collectChanges(world: World, behind: boolean): Changes {
  const { state } = world;
  const incidents: Incident[] = [];
  const notices: Notice[] = [];
  let waits = false;
  let asked = 0;
  const { network } = world.current();
  for (const record of state.incidents) {
    const due = record.noticeDue > 0 && record.noticeDue <= state.at;
    if (!record.changed && !due) continue;
    if (record.published) {
      const owed = owedNotices(world, record, notices.length);
      for (const notice of owed.notices) notices.push(notice);
      waits ||= owed.waits;
      asked += owed.asked;
      if (record.changed)
        incidents.push(publish(record, (unit) => idOf(network, unit), 1000 * world.settings.momentary_s));
    }
    record.changed = false;
  }
  // A storm's people are told first; while they are, or wait for their step, its ledger waits.
  const ledger = waits || notices.length >= PORTION ? [] : ledgerLines(world, behind, isLarge(asked));
  if (incidents.length + ledger.length + notices.length === 0) return NO_CHANGES;
  return { incidents, ledger, notices };
}
