import { sql as raw } from 'kysely';
import type { MessageStage, Owed } from '../../../core/notices/notice.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import type { Pace } from '../pace.ts';
import type { Step } from '../sql.ts';
import { chunksOf, createBulk, step } from '../steps.ts';
import { type PersonSteps, STAFF } from './person-steps.ts';

/** The steps that owe one delivery per notice, once per key, and retire older revisions nobody has sent yet. */
export type DeliverySteps = (
  site: string,
  notices: readonly Owed<MessageStage>[],
  pace: Pace,
) => Promise<readonly Step[]>;

/** Notices are owed on this logical channel; who sends maps it to a provider. */
const CHANNEL = 'sms';

/** By how much messages to people who depend on supply go before others of the same moment. */
const AHEAD_MS = 1_000;

type DeliveryValues = readonly [
  id: string,
  site: string,
  subject: string,
  personSite: string,
  phone: string,
  stage: string,
  revision: number,
  audience: 'owner' | 'staff',
  premises: string,
  owedAt: number,
  nextAttemptAt: number,
  profileSite: string,
  profilePhone: string,
];

export function createDeliverySteps({ db }: Dialect, persons: PersonSteps): DeliverySteps {
  const newId = createIdSource();
  const insert = createBulk<DeliveryValues>((rows) =>
    db
      .insertInto('delivery')
      .values(
        rows.map(
          ([
            id,
            site,
            subject,
            personSite,
            phone,
            stage,
            revision,
            audience,
            premises_json,
            owed_at,
            next_attempt_at,
            profileSite,
            profilePhone,
          ]) => ({
            id,
            site,
            subject,
            recipient: raw<string>`coalesce((select id from person where site = ${personSite} and phone = ${phone}), ${raw.lit(STAFF)})`,
            stage,
            revision,
            channel: raw<string>`${raw.lit(CHANNEL)}`,
            audience,
            premises_json,
            owed_at,
            state: raw<string>`'owed'`,
            attempts: raw<number>`0`,
            released: raw<number>`0`,
            // Deliveries leave in this order: who depends on supply is told first.
            next_attempt_at: raw<number>`cast(${next_attempt_at} as bigint) - ${raw.lit(AHEAD_MS)} * ${isDependent(profileSite, profilePhone)}`,
          }),
        ),
      )
      .onConflict((conflict) => conflict.doNothing()),
  );

  /** Retires every unsent delivery of these subjects of which a newer revision is owed. */
  function supersede(site: string, subjects: readonly string[]): Step {
    return step(
      db
        .updateTable('delivery')
        .set({ state: 'superseded' })
        .where('site', '=', site)
        .where('subject', 'in', subjects)
        .where('state', '=', 'owed')
        .where(newerExists),
    );
  }

  return async (site, notices, pace) => {
    if (notices.length === 0) return [];
    const phones = notices.flatMap(({ recipient }) => (recipient === STAFF ? [] : [recipient]));
    const rowOf = (notice: Owed<MessageStage>): DeliveryValues => {
      const { incident, recipient, stage, revision, audience, premises, at } = notice;
      return [
        newId(at),
        site,
        incident,
        site,
        recipient,
        stage,
        revision,
        audience,
        JSON.stringify(premises),
        at,
        at,
        site,
        recipient,
      ];
    };
    const subjects = [...new Set(notices.map(({ incident }) => incident))];
    return [
      ...(await persons.ensure(site, phones, pace)),
      ...(await insert(notices, rowOf, pace)),
      ...chunksOf(subjects, 500).map((some) => supersede(site, some)),
    ];
  };
}

/**
 * True for a delivery row of which a newer revision has been owed, on whatever channel. A single value and not `exists`:
 * PostgreSQL would turn that into a join, and without statistics into a quadratic one.
 */
export const newerExists = raw<boolean>`revision < (
  select max(newer.revision) from delivery as newer
  where newer.site = delivery.site and newer.subject = delivery.subject and newer.recipient = delivery.recipient
    and newer.stage = delivery.stage)`;

/** 1 for somebody who is vulnerable or lives with a medical device. */
function isDependent(site: string, phone: string) {
  return raw<number>`(
    select count(*) from person join person_profile as profile
      on profile.site = person.site and profile.person = person.id
    where person.site = ${site} and person.phone = ${phone}
      and (profile.vulnerable = 1 or profile.medical_device = 1))`;
}
