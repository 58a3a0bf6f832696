import { createHmac, randomBytes } from 'node:crypto';
import { sql as raw } from 'kysely';
import type { Instant } from '../../../core/units/time.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql, Step } from '../sql.ts';
import { rowsOf, step } from '../steps.ts';

const KEY = 'suppressed phones';
/** Evidence of somebody whose own words went with them. */
const EARLIER = 'opted out before their data were erased';

/** Numbers of erased people who wanted no messages, known only by a keyed hash. */
export interface SuppressedPhones {
  suppress(site: string, phone: string, since: Instant): Promise<Step>;
  /** To run behind the steps that add people: whose number is suppressed has opted out, now as a person again. */
  takeUp(site: string, phones: readonly string[], at: Instant): Promise<readonly Step[]>;
}

export function createSuppressedPhones(sql: Sql, { db }: Dialect): SuppressedPhones {
  async function key(): Promise<string> {
    const insert = db
      .insertInto('signing_key')
      .values({ name: KEY, secret: randomBytes(32).toString('base64url') })
      .onConflict((conflict) => conflict.doNothing());
    const read = db.selectFrom('signing_key').select('secret').where('name', '=', KEY);
    const [, found] = await sql.run([step(insert), step(read)]);
    const secret = found.rows[0]?.secret;
    if (secret === undefined) throw new Error('The key of suppressed phones was not stored');
    return secret;
  }

  function hashOf(secret: string, site: string, phone: string): string {
    return createHmac('sha256', secret)
      .update(JSON.stringify([site, phone]))
      .digest('hex');
  }

  return {
    async suppress(site, phone, since) {
      const hash = hashOf(await key(), site, phone);
      const insert = db.insertInto('suppressed_phone').values({ site, hash, since });
      return step(insert.onConflict((conflict) => conflict.doNothing()));
    },

    async takeUp(site, phones, at) {
      const stored = await rowsOf(
        sql,
        db.selectFrom('suppressed_phone').select('hash').where('site', '=', site),
      );
      if (stored.length === 0) return [];
      const hashes = new Set(stored.map(({ hash }) => hash));
      const secret = await key();
      return [...new Set(phones)].flatMap((phone) => {
        const hash = hashOf(secret, site, phone);
        if (!hashes.has(hash)) return [];
        const person = db
          .selectFrom('person')
          .select('id')
          .where('site', '=', site)
          .where('phone', '=', phone);
        return [
          step(
            db
              .updateTable('person')
              .set({ opted_out: 1 })
              .where('site', '=', site)
              .where('phone', '=', phone),
          ),
          step(
            db
              .insertInto('opt_out')
              .values({ site, person: raw<string>`(${person})`, at, opted_out: 1, evidence: EARLIER }),
          ),
          step(db.deleteFrom('suppressed_phone').where('site', '=', site).where('hash', '=', hash)),
        ];
      });
    },
  };
}
