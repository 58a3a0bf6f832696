import type { Clock } from '../../core/ports/clock.ts';
import type { Session, User, UserStore } from '../../core/ports/people.ts';
import { hashToken, newToken } from './tokens.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface SignedIn {
  readonly session: Session;
  readonly user: User;
}

export interface Sessions {
  /** A new session; whatever token the browser held before is worth nothing (no fixation). */
  begin(user: User): Promise<SignedIn & { readonly token: string }>;
  /** The live session of a cookie's token, its idle expiry moved on; null when there is none. */
  resume(token: string | undefined): Promise<SignedIn | null>;
  /** The same by hash, for sockets that outlive the request that opened them. */
  look(idHash: string): Promise<SignedIn | null>;
  end(idHash: string): Promise<void>;
  endAllOf(user: string): Promise<void>;
  /** Runs after sessions ended or rights changed in this process; returns its undo. */
  onChange(listener: () => void): () => void;
}

/** Cookie tokens of 256 random bits over UserStore, which holds their hashes only. */
export function createSessions(deps: {
  readonly users: UserStore;
  readonly clock: Clock;
  readonly sessionHours: number;
  readonly idleMinutes: number;
}): Sessions {
  const { users, clock } = deps;
  const listeners = new Set<() => void>();

  function expiryOf(createdAt: number, now: number): number {
    return Math.min(createdAt + deps.sessionHours * HOUR_MS, now + deps.idleMinutes * MINUTE_MS);
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  async function look(idHash: string): Promise<SignedIn | null> {
    const now = clock.now();
    const found = await users.session(idHash, now);
    if (found === null || !found.user.active || found.session.expiresAt <= now) return null;
    const expiresAt = expiryOf(found.session.createdAt, now);
    // One write a minute at most, not one a request.
    if (expiresAt - found.session.expiresAt < MINUTE_MS) return found;
    await users.extendSession(idHash, expiresAt);
    return { ...found, session: { ...found.session, expiresAt } };
  }

  return {
    async begin(user) {
      const now = clock.now();
      const token = newToken();
      const session: Session = {
        idHash: hashToken(token),
        user: user.id,
        csrf: newToken(),
        createdAt: now,
        expiresAt: expiryOf(now, now),
      };
      await users.addSession(session);
      return { session, user, token };
    },
    async resume(token) {
      if (token === undefined || !TOKEN.test(token)) return null;
      return look(hashToken(token));
    },
    look,
    async end(idHash) {
      await users.endSession(idHash);
      changed();
    },
    async endAllOf(user) {
      await users.endSessionsOf(user);
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
