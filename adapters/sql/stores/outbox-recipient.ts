import { sql as raw } from 'kysely';
import type { Dialect } from '../dialect.ts';

const DAY_MS = 86_400_000;

/** Deliveries with everything a sender needs to know of their recipients, as of `now`. */
export function createRecipientQuery({ db }: Dialect) {
  return (now: number) =>
    db
      .selectFrom('delivery')
      .innerJoin('person', (join) =>
        join.onRef('person.site', '=', 'delivery.site').onRef('person.id', '=', 'delivery.recipient'),
      )
      .leftJoin('person_profile as profile', (join) =>
        join.onRef('profile.site', '=', 'delivery.site').onRef('profile.person', '=', 'delivery.recipient'),
      )
      .selectAll('delivery')
      .select(['person.name', 'person.phone', 'person.language', 'person.opted_out'])
      .select(['profile.channels_json', 'profile.quiet_from', 'profile.quiet_to'])
      .select(['profile.vulnerable', 'profile.medical_device', 'profile.email'])
      .select(
        raw<number>`(select count(*) from delivery as before
          where before.site = delivery.site and before.recipient = delivery.recipient
            and before.channel = delivery.channel and before.sent_at > ${now - DAY_MS})`.as('sent_last_day'),
      );
}

export type RecipientQuery = ReturnType<typeof createRecipientQuery>;
