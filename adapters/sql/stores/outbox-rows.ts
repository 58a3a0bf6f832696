import type { MessageStage } from '../../../core/notices/notice.ts';
import type { ClaimedDelivery, Delivery, DeliveryState, Recipient } from '../../../core/ports/outbox.ts';
import type { DeliveryTable, PersonTable } from '../tables.ts';
import { type ProfileColumns, profileOf } from './profile-rows.ts';

type RecipientColumns = Pick<PersonTable, 'name' | 'phone' | 'language' | 'opted_out'>;

export function deliveryOf(row: DeliveryTable): Delivery {
  return {
    id: row.id,
    site: row.site,
    subject: row.subject,
    recipient: row.recipient,
    // Only this adapter writes stage and state, from a Notice and the port's own words.
    stage: row.stage as MessageStage,
    revision: row.revision,
    channel: row.channel,
    audience: row.audience,
    premises: JSON.parse(row.premises_json) as string[],
    owedAt: row.owed_at,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    claimedAt: row.claimed_at,
    sentAt: row.sent_at,
    providerId: row.provider_id,
    segments: row.segments,
    released: row.released === 1,
    error: row.error,
  };
}

export function recipientOf(row: RecipientColumns & { readonly id: string }): Recipient {
  const { id, name, phone, language, opted_out } = row;
  return { id, name, phone, language, optedOut: opted_out === 1 };
}

export function claimedOf(
  row: DeliveryTable & RecipientColumns & ProfileColumns & { readonly sent_last_day: number },
): ClaimedDelivery {
  return {
    delivery: deliveryOf(row),
    recipient: recipientOf({ ...row, id: row.recipient }),
    profile: profileOf(row),
    sentLastDay: Number(row.sent_last_day),
  };
}
