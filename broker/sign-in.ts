import { createHash, timingSafeEqual } from 'node:crypto';
import type { CredentialStore } from '../core/ports/device-access.ts';

/** Hashes kept in memory; the one used longest ago goes first. */
const CACHED = 20_000;
/** A secret changed by another process is seen after this time at the latest. */
const FRESH_MS = 60_000;
/** On a wrong secret the store is asked again, unless it was asked this recently. */
const RECHECK_MS = 1_000;

const NOBODY = Buffer.alloc(32);

export type SignIn = 'accepted' | 'unknown_client' | 'bad_secret';

/** Compares a device's secret with its stored SHA-256 in constant time. Rejects when the store is away. */
export function createSignIn(credentials: CredentialStore) {
  const cache = new Map<string, { readonly hash: Buffer | null; readonly readAt_ms: number }>();

  async function read(site: string, id: string, now_ms: number) {
    const hex = await credentials.hashOf(site, id);
    const bytes = hex === null ? null : Buffer.from(hex, 'hex');
    const entry = { hash: bytes?.length === 32 ? bytes : null, readAt_ms: now_ms };
    const key = `${site}/${id}`;
    cache.delete(key);
    // An unknown id is not remembered, or a stranger trying names would push the real ones out.
    if (entry.hash !== null) cache.set(key, entry);
    if (cache.size > CACHED) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    return entry;
  }

  return {
    async check(site: string, id: string, secret: Uint8Array, now_ms: number): Promise<SignIn> {
      const cached = cache.get(`${site}/${id}`);
      const fresh = cached !== undefined && now_ms - cached.readAt_ms < FRESH_MS;
      const entry = fresh ? cached : await read(site, id, now_ms);
      if (isSecret(secret, entry.hash)) return 'accepted';

      if (now_ms - entry.readAt_ms < RECHECK_MS) return entry.hash === null ? 'unknown_client' : 'bad_secret';
      const again = await read(site, id, now_ms);
      if (isSecret(secret, again.hash)) return 'accepted';
      return again.hash === null ? 'unknown_client' : 'bad_secret';
    },

    forget(site: string, id: string): void {
      cache.delete(`${site}/${id}`);
    },
  };
}

/** True when `secret` hashes to `hash`; takes as long when there is none. */
export function isSecret(secret: Uint8Array, hash: Buffer | null): boolean {
  const given = createHash('sha256').update(secret).digest();
  const equal = timingSafeEqual(given, hash ?? NOBODY);
  return equal && hash !== null;
}
