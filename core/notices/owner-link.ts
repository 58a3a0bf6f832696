import type { LinkSigner } from '../ports/link-signer.ts';
import type { Instant } from '../units/time.ts';

const DAY_MS = 86_400_000;
/** Long enough for the last question about an outage, and for a claim. */
const VALID_DAYS = 90;
const SHORT = 8;
const DAY = 4;

/** Whose page a link opens: all premises of one person in one site. */
export interface LinkOwner {
  readonly site: string;
  /** Person id. */
  readonly person: string;
}

/** What a token says before anybody has checked it. */
export interface OwnerToken {
  /** The first characters of the person id. */
  readonly short: string;
  /** First day on which it opens nothing, counted from 1970. */
  readonly until: number;
  readonly signature: string;
}

/**
 * 34 characters, for SMS: the beginning of the person's id, the last day, and a signature over the whole of site, person and
 * day. The same for every message of a day, so a message can be made again and found at the provider.
 */
export function ownerToken({ site, person }: LinkOwner, signer: LinkSigner, at: Instant): string {
  const until = Math.floor(at / DAY_MS) + VALID_DAYS;
  const day = until.toString(36).padStart(DAY, '0');
  return `${person.slice(0, SHORT)}${day}${signer.sign(signedText(site, person, until))}`;
}

export function readOwnerToken(token: string): OwnerToken | null {
  const found = /^([0-9a-f]{8})([0-9a-z]{4})([A-Za-z0-9_-]{22})$/.exec(token);
  const [, short, day, signature] = found ?? [];
  if (short === undefined || day === undefined || signature === undefined) return null;
  return { short, until: Number.parseInt(day, 36), signature };
}

/** Is this the person the token was made for? */
export function opensFor(
  { until, signature }: OwnerToken,
  { site, person }: LinkOwner,
  signer: LinkSigner,
): boolean {
  return signer.verify(signedText(site, person, until), signature);
}

export function isExpired({ until }: Pick<OwnerToken, 'until'>, now: Instant): boolean {
  return Math.floor(now / DAY_MS) >= until;
}

/** No other link is signed over a text of this form. */
function signedText(site: string, person: string, until: number): string {
  return JSON.stringify(['owner', site, person, until]);
}
