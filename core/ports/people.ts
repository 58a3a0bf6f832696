import type { Instant } from '../units/time.ts';

export type Role = 'engineer' | 'manager' | 'finance' | 'admin' | 'auditor';

export interface User {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly sites: readonly string[] | 'all';
  /** argon2id. */
  readonly passwordHash: string;
  readonly language: 'zh-CN' | 'en';
  readonly theme: 'system' | 'light' | 'dark';
  readonly active: boolean;
  readonly createdAt: Instant;
}

export interface Session {
  /** SHA-256 of the cookie's token. */
  readonly idHash: string;
  readonly user: string;
  readonly csrf: string;
  readonly createdAt: Instant;
  /** The nearer of idle and absolute expiry. */
  readonly expiresAt: Instant;
}

export interface UserStore {
  count(): Promise<number>;
  byLogin(login: string): Promise<User | null>;
  byId(id: string): Promise<User | null>;
  list(): Promise<readonly User[]>;
  /** Rejects with StoreConflict `already_exists` when the login is taken. */
  add(user: User): Promise<void>;
  update(user: User): Promise<void>;
  addSession(session: Session): Promise<void>;
  session(idHash: string, now: Instant): Promise<{ readonly session: Session; readonly user: User } | null>;
  /** Moves the idle expiry of a session in use; does nothing when the session has ended. */
  extendSession(idHash: string, expiresAt: Instant): Promise<void>;
  endSession(idHash: string): Promise<void>;
  endSessionsOf(user: string): Promise<void>;
  /** One-time links (first administrator, invitations): consumed at most once. */
  addLink(tokenHash: string, purpose: string, expiresAt: Instant): Promise<void>;
  useLink(tokenHash: string, purpose: string, now: Instant): Promise<boolean>;
  linkValid(tokenHash: string, purpose: string, now: Instant): Promise<boolean>;
}

export interface AuditEntry {
  readonly site: string;
  readonly at: Instant;
  /** User id, or the service that acted. */
  readonly by: string;
  readonly action: string;
  readonly subject: string;
  /** Facts without personal data. */
  readonly detail: unknown;
}

/** One hash chain per site; an entry's hash covers the one before it. Site '' holds what belongs to no site. */
export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
  list(
    site: string,
    query: { readonly before?: number; readonly limit: number },
  ): Promise<readonly (AuditEntry & { readonly seq: number; readonly hash: string })[]>;
  /** The first broken seq, or null when the chain holds. */
  verify(site: string): Promise<number | null>;
}
