import type { Server, Socket } from 'socket.io';
import type { ClientToServer, Ended, ServerToClient } from '../../contracts/live.ts';
import type { SignedIn } from '../access/sessions.ts';

/** What the server remembers of one socket. */
export interface SocketFacts {
  signedIn: SignedIn;
  /** Sites it has resumed. */
  readonly sites: Set<string>;
  /** Messages it may still send before the next refill. */
  allowance: number;
}

export type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketFacts>;

export type LiveServer = Server<ClientToServer, ServerToClient, Record<string, never>, SocketFacts>;

/** Messages a socket may send between two checks of sessions. */
export const ALLOWANCE = 100;

export const siteRoom = (site: string) => `site ${site}`;
export const valuesRoom = (site: string) => `values ${site}`;
export const deviceRoom = (site: string, device: string) => `device ${site} ${device}`;

/** The site whose values a room carries; null for any other room. Ids hold no blanks. */
export function siteOfValues(room: string): string | null {
  const [kind, site] = room.split(' ');
  return (kind === 'values' || kind === 'device') && site !== undefined ? site : null;
}

/** Says why and hangs up; the client knows whether to sign in, to reload or just to come back. */
export function hangUp(socket: LiveSocket, reason: Ended['reason']): void {
  socket.emit('ended', { reason });
  // One turn later, so that the word leaves before the line is cut.
  setImmediate(() => socket.disconnect(true));
}
