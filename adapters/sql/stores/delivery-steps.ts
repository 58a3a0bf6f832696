import { sql as raw } from 'kysely';
import type { Notice } from '../../../core/notices/notice.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import type { Step } from '../sql.ts';
import { createBulk, step } from '../steps.ts';
import { type PersonSteps, STAFF } from './person-steps.ts';

/** The steps that owe one delivery per notice, once per key, and retire older revisions nobody has sent yet. */
export type DeliverySteps = (site: string, notices: readonly Notice[]) => readonly Step[];

/** Notices are owed on this logical channel; who sends maps it to a provider. */
const CHANNEL = 'sms';

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
            next_attempt_at,
          }),
        ),
      )
      .onConflict((conflict) => conflict.doNothing()),
  );

  /** `for` every delivery of these subjects of which a newer revision exists. */
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

  return (site, notices) => {
    if (notices.length === 0) return [];
    const phones = notices.flatMap(({ recipient }) => (recipient === STAFF ? [] : [recipient]));
    const rows = notices.map((notice): DeliveryValues => {
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
      ];
    });
    const subjects = [...new Set(notices.map(({ incident }) => incident))];
    return [...persons.ensure(site, phones), ...insert(rows), supersede(site, subjects)];
  };
}

/** True for a delivery row of which a newer revision has been owed. */
export const newerExists = raw<boolean>`exists (
  select 1 from delivery as newer
  where newer.site = delivery.site and newer.subject = delivery.subject and newer.recipient = delivery.recipient
    and newer.stage = delivery.stage and newer.channel = delivery.channel and newer.revision > delivery.revision)`;
