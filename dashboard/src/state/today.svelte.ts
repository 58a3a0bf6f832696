import type { IncidentList, IncidentView } from '../../../contracts/http/incidents.ts';
import type { InterruptionList, InterruptionView } from '../../../contracts/http/interruptions.ts';
import { request } from '../api/request.ts';
import { priorityOf } from './incident-facts.ts';
import type { LiveSite } from './live.svelte.ts';

const PAGES_MAX = 10;
/** A burst of changes is one reload. */
const SETTLE_MS = 700;

/** The incidents that began today or still go on, newest first; merged and retracted ones are no incidents. */
export interface Today {
  readonly incidents: readonly IncidentView[];
  readonly loaded: boolean;
  /** The ledger of the day: who was without supply from when to when. */
  readonly ledger: readonly InterruptionView[];
  /** When supply came back the last time, as far as the newest incidents tell. */
  readonly lastRestoredAt: number | null;
}

export function followToday(
  site: string,
  live: LiveSite,
  startOfDay: () => number,
): Today & { stop(): void } {
  let incidents = $state.raw<readonly IncidentView[]>([]);
  let loaded = $state(false);
  let ledger = $state.raw<readonly InterruptionView[]>([]);
  let lastRestoredAt = $state<number | null>(null);
  let soon: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    const from = startOfDay();
    const found: IncidentView[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const query = new URLSearchParams({ limit: '100' });
      if (cursor !== null) query.set('cursor', cursor);
      const list: IncidentList = await request<IncidentList>(
        `/sites/${encodeURIComponent(site)}/incidents?${query}`,
      );
      if (page === 0) lastRestoredAt = newestRestored(list.items);
      found.push(...list.items.filter((incident) => counts(incident, from)));
      cursor = list.next;
      if (cursor === null || list.items.every(({ detectedAt }) => Date.parse(detectedAt) < from)) break;
    }
    ledger = await loadLedger(site, from);
    incidents = found;
    loaded = true;
  }

  void load().catch(() => undefined);
  const undo = live.onChange((type) => {
    if (type !== 'incident' && type !== 'interruption' && type !== 'snapshot') return;
    soon ??= setTimeout(() => {
      soon = undefined;
      void load().catch(() => undefined);
    }, SETTLE_MS);
  });
  return {
    get incidents() {
      return incidents;
    },
    get lastRestoredAt() {
      return lastRestoredAt;
    },
    get ledger() {
      return ledger;
    },
    get loaded() {
      return loaded;
    },
    stop() {
      undo();
      clearTimeout(soon);
    },
  };
}

async function loadLedger(site: string, from: number): Promise<InterruptionView[]> {
  const entries: InterruptionView[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = new URLSearchParams({ limit: '1000', from: new Date(from).toISOString() });
    if (cursor !== null) query.set('cursor', cursor);
    const list: InterruptionList = await request<InterruptionList>(
      `/sites/${encodeURIComponent(site)}/interruptions?${query}`,
    );
    entries.push(...list.items);
    cursor = list.next;
    if (cursor === null) break;
  }
  return entries;
}

function newestRestored(incidents: readonly IncidentView[]): number | null {
  const times = incidents.flatMap(({ state, restoredAt }) =>
    state === 'restored' && restoredAt !== null ? [Date.parse(restoredAt)] : [],
  );
  return times.length === 0 ? null : Math.max(...times);
}

function counts(incident: IncidentView, from: number): boolean {
  if (incident.state === 'merged' || incident.state === 'retracted' || priorityOf(incident) === 3)
    return false;
  return incident.closedAt === null || Date.parse(incident.closedAt) >= from;
}
