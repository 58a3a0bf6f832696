import type { Snapshot } from '../../contracts/live.ts';
import type { EventRow } from '../../core/ports/event-log.ts';
import { toIso } from '../../core/units/time.ts';
import type { Context } from '../context.ts';
import { incidentView } from '../views/incident.ts';
import { ingestReply } from '../views/ingest.ts';
import { stateView } from '../views/sites.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { createStateChanges } from './state-changes.ts';

const OPEN_MAX = 500;

type LiveDeps = Pick<Context, 'stores' | 'ingest' | 'clock'>;

/** What the boards of one site share: one feed, one memory of states told, one snapshot in the making. */
export interface SiteRoom {
  readonly feed: EventFeed;
  readonly stateChanges: ReturnType<typeof createStateChanges>;
  snapshot(): Promise<Snapshot>;
}

export interface SiteRooms {
  /** The room of a site, opened on first use. */
  open(site: string): Promise<SiteRoom>;
  get(site: string): SiteRoom | undefined;
  all(): IterableIterator<[string, SiteRoom]>;
  close(site: string): void;
}

export function createSiteRooms(
  deps: LiveDeps,
  onRows: (site: string, rows: readonly EventRow[]) => void,
): SiteRooms {
  const rooms = new Map<string, SiteRoom>();
  const opening = new Map<string, Promise<SiteRoom>>();

  async function create(site: string): Promise<SiteRoom> {
    const head = await deps.stores.events.head(site);
    const feed = createEventFeed(deps.stores.events, site, head, (rows) => onRows(site, rows));
    const room: SiteRoom = {
      feed,
      stateChanges: createStateChanges(deps.ingest?.nodeStates(site) ?? []),
      snapshot: shared(() => takeSnapshot(deps, site, feed.seq())),
    };
    rooms.set(site, room);
    return room;
  }

  return {
    async open(site) {
      const room = rooms.get(site);
      if (room !== undefined) return room;
      const soon = opening.get(site) ?? create(site).finally(() => opening.delete(site));
      opening.set(site, soon);
      return soon;
    },
    get: (site) => rooms.get(site),
    all: () => rooms.entries(),
    close(site) {
      rooms.get(site)?.feed.stop();
      rooms.delete(site);
    },
  };
}

/** Everything open, at least as new as `seq`: changes after it say whole objects, so telling one twice does no harm. */
async function takeSnapshot(
  { stores, ingest, clock }: LiveDeps,
  site: string,
  seq: number,
): Promise<Snapshot> {
  const incidents = await stores.incidents.list({ sites: [site], open: true, limit: OPEN_MAX });
  return {
    site,
    seq,
    at: toIso(clock.now()),
    incidents: incidents.map(incidentView),
    states: (ingest?.nodeStates(site) ?? []).map(stateView),
    ingest: ingestReply(ingest),
  };
}

/** Calls while one is under way share its result: a hundred boards that reconnect at once cost one query. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= make().finally(() => {
      running = null;
    });
    return running;
  };
}
