import type { Instant } from '../units/time.ts';
import type { Notice, NoticeStage } from './notice.ts';

/** What people were told about one incident, by recipient. Plain data. */
export interface Told {
  /** Premises for which the person was told that supply is lost and not yet that it is back. */
  readonly lost: Map<string, string[]>;
  /** Newest revision by `recipient stage`. */
  readonly revisions: Map<string, number>;
  /** What each person told `lost` last read about reason and end. */
  readonly knows: Map<string, string>;
  /** The newest of it: since when it stands, and what people were last told anew, and when. */
  outlook?: { text: string; since: Instant; toldText: string; toldAt: Instant };
}

export function newTold(): Told {
  return { lost: new Map(), revisions: new Map(), knows: new Map() };
}

const NONE: readonly string[] = [];

/** One premises of one person, as an incident leaves it. */
export interface Concern {
  readonly recipient: string;
  readonly premises: string;
  /** dark: to be told. restored: proven long enough. pending: live, but not yet long enough. */
  readonly state: 'dark' | 'restored' | 'pending';
}

/**
 * What the owners and occupants are owed now: `lost` once per person with all that person's premises and again when
 * more of them are hit, `restored` only to those told `lost`, `changed` where it turned out to be no loss of theirs. At
 * most `most` notices: asked again with the same concerns, it gives the rest.
 */
export function owedToOwners(
  incident: string,
  told: Told,
  concerns: readonly Concern[],
  announce: boolean,
  at: Instant,
  most = Number.POSITIVE_INFINITY,
): Notice[] {
  if (!announce && told.lost.size === 0) return [];
  const people = byRecipient(concerns);
  for (const recipient of told.lost.keys()) if (!people.has(recipient)) people.set(recipient, []);
  const notices: Notice[] = [];
  const owe = (recipient: string, stage: NoticeStage, premises: readonly string[]) =>
    notices.push(oweTo(incident, told, recipient, stage, 'owner', premises, at));
  for (const [recipient, own] of people) {
    if (notices.length >= most) break;
    const knew = told.lost.get(recipient) ?? NONE;
    if (announce && own.some(({ state, premises }) => state === 'dark' && !knew.includes(premises))) {
      const still = own.filter(({ state }) => state === 'dark').map(({ premises }) => premises);
      const all = unique([
        ...knew.filter((premises) => own.some((one) => one.premises === premises)),
        ...still,
      ]);
      told.lost.set(recipient, all);
      owe(recipient, 'lost', all);
      continue;
    }
    if (knew.every((premises) => own.some((one) => one.premises === premises && one.state !== 'restored')))
      continue;
    const gone = knew.filter((premises) => !own.some((one) => one.premises === premises));
    if (gone.length > 0) owe(recipient, 'changed', gone);
    const left = knew.filter((premises) => !gone.includes(premises));
    const back = left.filter((premises) =>
      own.some((one) => one.premises === premises && one.state === 'restored'),
    );
    const done = back.length > 0 && back.length === left.length;
    if (done) owe(recipient, 'restored', back);
    if (done || left.length === 0) told.lost.delete(recipient);
    else if (gone.length > 0) told.lost.set(recipient, left);
  }
  return notices;
}

export function oweStaff(
  incident: string,
  told: Told,
  stage: NoticeStage,
  premises: readonly string[],
  at: Instant,
): Notice {
  return oweTo(incident, told, 'staff', stage, 'staff', premises, at);
}

export function oweTo(
  incident: string,
  told: Told,
  recipient: string,
  stage: NoticeStage,
  audience: Notice['audience'],
  premises: readonly string[],
  at: Instant,
): Notice {
  const key = `${recipient} ${stage}`;
  const revision = (told.revisions.get(key) ?? 0) + 1;
  told.revisions.set(key, revision);
  return { incident, stage, revision, audience, recipient, premises: unique(premises).sort(), at };
}

/** What was told about a merged incident counts as told about the one that took it in. */
export function mergeTold(into: Told, from: Told): void {
  for (const [recipient, premises] of from.lost) {
    into.lost.set(recipient, unique([...(into.lost.get(recipient) ?? []), ...premises]));
  }
  takeOver(into, from, from.lost.keys());
  from.lost.clear();
}

/** What a person has read goes along: where the new incident says otherwise, it is corrected. */
function takeOver(into: Told, from: Told, recipients: Iterable<string>): void {
  for (const recipient of recipients) {
    const known = from.knows.get(recipient);
    if (known !== undefined) into.knows.set(recipient, known);
  }
}

/** What was told about these premises goes along with them to another incident. */
export function moveTold(into: Told, from: Told, premises: ReadonlySet<string>): void {
  for (const [recipient, told] of [...from.lost]) {
    const going = told.filter((id) => premises.has(id));
    if (going.length === 0) continue;
    takeOver(into, from, [recipient]);
    into.lost.set(recipient, unique([...(into.lost.get(recipient) ?? []), ...going]));
    const staying = told.filter((id) => !premises.has(id));
    if (staying.length === 0) from.lost.delete(recipient);
    else from.lost.set(recipient, staying);
  }
}

function byRecipient(concerns: readonly Concern[]): Map<string, Concern[]> {
  const people = new Map<string, Concern[]>();
  for (const concern of concerns) {
    const own = people.get(concern.recipient);
    if (own === undefined) people.set(concern.recipient, [concern]);
    else own.push(concern);
  }
  return people;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
