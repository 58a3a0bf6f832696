import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, 43 characters base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: it is random, so it needs no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Equal texts, compared in time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

export function newId(): string {
  return randomBytes(12).toString('hex');
}
