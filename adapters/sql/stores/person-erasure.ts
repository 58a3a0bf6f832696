import { createHash } from 'node:crypto';
import { sql as raw } from 'kysely';
import type { Erasure } from '../../../core/ports/people-store.ts';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { Instant } from '../../../core/units/time.ts';
import type { Dialect } from '../dialect.ts';
import { randomSalt } from '../ids.ts';
import { type Sql, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { SuppressedPhones } from './suppressed-phones.ts';

export interface PersonErasure {
  preview(site: string, id: string): Promise<Erasure | null>;
  erase(site: string, id: string, at: Instant): Promise<Erasure | null>;
}

/** What the person wrote to us, and where their money goes. The marks they gave stay, without their words. */
function ownWords(db: Dialect['db'], site: string, id: string) {
  const own = { site, person: id };
  return [
    step(
      db
        .updateTable('inbound_message')
        .set({ body: '', phone: null })
        .where((is) => is.and(own)),
    ),
    step(
      db
        .updateTable('owner_rating')
        .set({ comment: null })
        .where((is) => is.and(own)),
    ),
    step(
      db
        .updateTable('dark_report')
        .set({ note: null })
        .where((is) => is.and(own)),
    ),
    step(db.deleteFrom('bank_account').where((is) => is.and(own))),
  ];
}

export function createPersonErasure(sql: Sql, { db }: Dialect, suppressed: SuppressedPhones): PersonErasure {
  const personOf = (site: string, id: string) =>
    firstOf(
      sql,
      db
        .selectFrom('person')
        .select(['phone', 'name', 'salt', 'opted_out'])
        .where('site', '=', site)
        .where('id', '=', id),
    );

  async function preview(site: string, id: string): Promise<Erasure | null> {
    const person = await personOf(site, id);
    if (person === null) return null;
    const own = { site, person: id };
    const deliveries = db
      .selectFrom('delivery')
      .select(['state', (count) => count.fn.countAll<number>().as('count')])
      .where('site', '=', site)
      .where('recipient', '=', id)
      .groupBy('state');
    const [links, profiles, words, staff, states] = await sql.run([
      step(
        db
          .selectFrom('premises_person')
          .select(['premises', 'role'])
          .where((is) => is.and(own)),
      ),
      step(
        db
          .selectFrom('person_profile')
          .select('person')
          .where((is) => is.and(own)),
      ),
      step(
        db
          .selectFrom('opt_out')
          .select('at')
          .where((is) => is.and(own)),
      ),
      step(
        db
          .selectFrom('staff')
          .select('person')
          .where((is) => is.and(own)),
      ),
      step(deliveries),
    ]);
    const counted = states.rows.reduce((sum, { count }) => sum + Number(count), 0);
    const unsent = states.rows.find(({ state }) => state === 'owed')?.count ?? 0;
    return {
      erased: person.phone === null && person.name === '',
      premises: links.rows,
      profile: profiles.rows.length > 0,
      optOuts: words.rows.length,
      optedOut: person.opted_out === 1,
      staff: staff.rows.length > 0,
      deliveries: counted,
      unsent: Number(unsent),
    };
  }

  return {
    preview,

    async erase(site, id, at) {
      const person = await personOf(site, id);
      const gone = await preview(site, id);
      if (person === null || gone === null) return null;
      const own = { site, person: id };
      const words = await rowsOf(
        sql,
        db
          .selectFrom('opt_out')
          .select('evidence')
          .distinct()
          .where((is) => is.and(own)),
      );
      const nobody = { name: '', phone: null, salt: randomSalt() };
      const same = db.updateTable('person').set(nobody).where('site', '=', site).where('id', '=', id);
      const known = person.phone === null ? same : same.where('phone', '=', person.phone);
      const messages = db
        .updateTable('delivery')
        .set({ body: null })
        .where('site', '=', site)
        .where('recipient', '=', id);
      const keep =
        person.phone !== null && person.opted_out === 1
          ? [await suppressed.suppress(site, person.phone, at)]
          : [];
      try {
        await sql.run([
          step(known, { name: 'person', affected: 1 }),
          step(db.deleteFrom('person_profile').where((is) => is.and(own))),
          step(db.deleteFrom('premises_person').where((is) => is.and(own))),
          step(
            db
              .updateTable('staff')
              .set({ active: 0, account: null })
              .where((is) => is.and(own)),
          ),
          ...words.map(({ evidence }) =>
            step(
              db
                .updateTable('opt_out')
                .set({
                  evidence: `sha256:${createHash('sha256').update(person.salt).update(evidence).digest('hex')}`,
                })
                .where((is) => is.and({ ...own, evidence })),
            ),
          ),
          step(messages),
          ...ownWords(db, site, id),
          step(
            db
              .updateTable('delivery')
              .set({ state: 'superseded', settled_at: at, error: 'erased' })
              .where('site', '=', site)
              .where('recipient', '=', id)
              .where('state', '=', 'owed'),
          ),
          ...keep,
          step(
            db
              .updateTable('site')
              .set({ version: raw<number>`site.version + 1`, saved_at: at })
              .where('id', '=', site),
          ),
        ]);
        return gone;
      } catch (error) {
        if (!(error instanceof UnmetStep)) throw error;
        throw new StoreConflict('version_conflict', 'The person was changed meanwhile');
      }
    },
  };
}
