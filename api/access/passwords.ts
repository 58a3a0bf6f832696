import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Refused } from '../errors.ts';

const CONCURRENT = 2;
const WAITING_MAX = 32;
/** 19 MiB, two passes, one lane (OWASP). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Passwords {
  /** Makes the hash that unknown logins are compared with, so that the first of them takes no longer. */
  prepare(): Promise<void>;
  hash(password: string): Promise<string>;
  /** Costs the same whether there is a stored hash or not; null is never right. */
  verify(stored: string | null, password: string): Promise<boolean>;
}

/** argon2id; at most two at a time, so that a flood of logins takes neither all memory nor all threads. */
export function createPasswords(): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;
  let stranger: Promise<string> | null = null;

  function strangerHash(): Promise<string> {
    stranger ??= hash(randomBytes(16), COST);
    return stranger;
  }

  async function take<T>(work: () => Promise<T>): Promise<T> {
    if (running >= CONCURRENT) {
      if (waiting.length >= WAITING_MAX) throw new Refused('overloaded', { retryAfter_s: 2 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    async prepare() {
      await strangerHash();
    },
    hash: (password) => take(() => hash(password.normalize('NFKC'), COST)),
    async verify(stored, password) {
      const against = stored ?? (await strangerHash());
      const right = await take(() => verify(against, password.normalize('NFKC')).catch(() => false));
      return right && stored !== null;
    },
  };
}
