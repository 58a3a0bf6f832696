import { join } from 'node:path';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { openSqliteStores } from '../adapters/sql/sqlite-stores.ts';
import type { Delivery, Recipient } from '../core/ports/outbox.ts';
import type { Accepted } from '../test/support/twilio-double.ts';
import { type NoticeRound, OWNERS } from './notice-round.ts';

const STAGES = ['lost', 'restored'] as const;
const LIMIT = 20_000;

export interface NoticeResult {
  readonly sent: number;
  readonly unknown: number;
  /** One line for everything that breaks the promise. */
  readonly faults: readonly string[];
}

/** What the stopped platform recorded, held against what the provider took. */
export async function judgeNotices(round: NoticeRound): Promise<NoticeResult> {
  const { deliveries, people } = await readOutbox(round.directory);
  const owners = deliveries.filter(({ audience }) => audience === 'owner');
  const unknown = owners.filter(({ state }) => state === 'unknown');
  return {
    sent: owners.filter(({ state }) => state === 'sent').length,
    unknown: unknown.length,
    faults: [
      ...(round.unsettled === null ? [] : [`never came to rest: ${round.unsettled}`]),
      ...notOwed(owners),
      ...owners.flatMap(leftUnsent),
      ...unknown.flatMap(({ id }) => (round.listed.has(id) ? [] : [`${id} is unknown and not listed`])),
      ...twice(owners, people, round.double.accepted),
    ],
  };
}

async function readOutbox(directory: string) {
  const log = createLogger({ level: 'error' });
  const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log });
  try {
    const deliveries = await stores.outbox.list({ site: 'bench', limit: LIMIT });
    const ids = [...new Set(deliveries.map(({ recipient }) => recipient))];
    const people = new Map<string, Recipient>();
    for (let at = 0; at < ids.length; at += 500) {
      for (const one of await stores.outbox.recipients('bench', ids.slice(at, at + 500)))
        people.set(one.id, one);
    }
    return { deliveries, people };
  } finally {
    await stores.close();
  }
}

function notOwed(owners: readonly Delivery[]): string[] {
  return STAGES.flatMap((stage) => {
    const owed = new Set(owners.filter((one) => one.stage === stage).map(({ recipient }) => recipient));
    return owed.size === OWNERS ? [] : [`${owed.size} of ${OWNERS} owners are owed '${stage}'`];
  });
}

/** What falls due only later waits rightly. */
function leftUnsent({ id, stage, state, owedAt, attempts, error }: Delivery): string[] {
  return state === 'sent' || state === 'unknown' || (state === 'owed' && owedAt > Date.now())
    ? []
    : [`${id} (${stage}) is left ${state} after ${attempts} attempts: ${error}`];
}

/**
 * Every accepted message is either the recorded one of its key, or, once each, that of a key whose end is unknown. The
 * same words twice to one person are one key twice.
 */
function twice(
  owners: readonly Delivery[],
  people: ReadonlyMap<string, Recipient>,
  accepted: readonly Accepted[],
): string[] {
  const taken = new Map(accepted.map((message) => [message.sid, message]));
  const faults: string[] = [];
  const spare = new Map<string, number>();
  for (const { id, recipient, state, providerId } of owners) {
    const phone = people.get(recipient)?.phone ?? '';
    if (state === 'unknown') spare.set(phone, (spare.get(phone) ?? 0) + 1);
    if (state !== 'sent') continue;
    const message = taken.get(providerId ?? '');
    if (message?.to !== phone)
      faults.push(`${id} names ${providerId}, which the provider did not take for it`);
    else taken.delete(message.sid);
  }
  for (const { sid, to } of taken.values()) {
    const left = spare.get(to) ?? 0;
    if (left === 0) faults.push(`${sid} was accepted once too often`);
    spare.set(to, left - 1);
  }
  const words = new Set<string>();
  for (const { sid, to, body } of accepted) {
    if (words.has(`${to} ${body}`)) faults.push(`${sid} says again what was accepted before`);
    words.add(`${to} ${body}`);
  }
  return faults;
}
