import { toIso } from '../../core/units/time.ts';
import type { Context } from '../context.ts';
import { eventView } from '../views/events.ts';
import { stateView } from '../views/sites.ts';
import { type LiveSocket, siteRoom } from './outlet.ts';
import type { SiteRoom, SiteRooms } from './site-rooms.ts';

const ROUNDS_MAX = 50;

/**
 * Brings a socket from `after` to where its site's room is, then lets it in: between the last look at the room's seq and
 * joining nothing can run, so no change is missed or told twice. Null: it never caught up.
 */
export async function resumeSite(
  deps: Pick<Context, 'ingest' | 'clock'>,
  rooms: SiteRooms,
  socket: LiveSocket,
  site: string,
  after: number | null,
): Promise<number | null> {
  await socket.leave(siteRoom(site));
  let cursor = after;
  let sawSnapshot = false;
  for (let round = 0; round < ROUNDS_MAX && socket.connected; round++) {
    const room = await rooms.open(site);
    // A room without sockets is behind, and a client that read over HTTP may know more than the last poll brought.
    if (round === 0) await room.feed.pull();
    if (cursor === null) {
      const snapshot = await room.snapshot();
      socket.emit('snapshot', snapshot);
      cursor = snapshot.seq;
      sawSnapshot = true;
    } else if (cursor !== room.feed.seq()) {
      cursor = await catchUp(socket, room, cursor);
    } else if (rooms.get(site) === room) {
      if (!sawSnapshot) {
        const states = (deps.ingest?.nodeStates(site) ?? []).map(stateView);
        socket.emit('state', { site, at: toIso(deps.clock.now()), states });
      }
      socket.data.sites.add(site);
      void socket.join(siteRoom(site));
      return cursor;
    }
  }
  return null;
}

/** Where the socket stands now; null when only a snapshot can help. */
async function catchUp(socket: LiveSocket, room: SiteRoom, cursor: number): Promise<number | null> {
  const rows = await room.feed.since(cursor);
  if (rows === null) return null;
  for (const row of rows) socket.emit('change', eventView(row));
  return rows.at(-1)?.seq ?? cursor;
}
