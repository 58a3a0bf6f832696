import type { LinkSigner } from '../ports/link-signer.ts';
import type { Instant } from '../units/time.ts';
import type { Offer } from './dispatch.ts';

/** What a link in a message stands for: the n-th offer of a dispatch, nothing else. */
export interface LinkSubject {
  readonly dispatch: string;
  readonly n: number;
}

const VALID_MS = 24 * 3_600_000;

/** `dispatch.n.signature`: the same whenever it is made, so a message can be made again and found at the provider. */
export function linkToken({ dispatch, n }: LinkSubject, signer: LinkSigner): string {
  const text = `${dispatch}.${n}`;
  return `${text}.${signer.sign(text)}`;
}

/** Null for a token nobody here has signed. */
export function readToken(token: string, signer: LinkSigner): LinkSubject | null {
  const found = /^([A-Za-z0-9_-]{1,64})\.([1-9]\d{0,2})\.([A-Za-z0-9_-]{22})$/.exec(token);
  const [, dispatch, n, signature] = found ?? [];
  if (dispatch === undefined || n === undefined || signature === undefined) return null;
  return signer.verify(`${dispatch}.${n}`, signature) ? { dispatch, n: Number(n) } : null;
}

/** A day after the offer the link opens nothing; until then it does each thing once, as the state of the dispatch allows. */
export function linkLives({ at }: Pick<Offer, 'at'>, now: Instant): boolean {
  return now < at + VALID_MS;
}
