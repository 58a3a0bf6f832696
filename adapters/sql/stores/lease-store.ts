import { sql as raw } from 'kysely';
import type { LeaseStore } from '../../../core/ports/incident-store.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { firstOf, step } from '../steps.ts';

export function createLeaseStore(sql: Sql, { db, now }: Dialect): LeaseStore {
  return {
    async acquire(site, holder, ttl_ms) {
      const expires_at = raw<number>`${now} + ${raw.lit(ttl_ms)}`;
      const take = db
        .insertInto('lease')
        .values({ site, holder, epoch: 1, expires_at })
        .onConflict((conflict) =>
          conflict
            .column('site')
            .doUpdateSet({ holder, epoch: raw<number>`lease.epoch + 1`, expires_at })
            // The same holder is that instance started again; its old self is fenced off by the new epoch.
            .where((is) => is.or([is('lease.expires_at', '<=', now), is('lease.holder', '=', holder)])),
        )
        .returning('epoch');
      return (await firstOf(sql, take))?.epoch ?? null;
    },
    async renew(site, holder, epoch, ttl_ms) {
      const renewal = db
        .updateTable('lease')
        .set({ expires_at: raw<number>`${now} + ${raw.lit(ttl_ms)}` })
        .where('site', '=', site)
        .where('holder', '=', holder)
        .where('epoch', '=', epoch);
      const [result] = await sql.run([step(renewal)]);
      return result.affected === 1;
    },
    async release(site, holder, epoch) {
      const end = db.updateTable('lease').set({ expires_at: 0 }).where('site', '=', site);
      await sql.run([step(end.where('holder', '=', holder).where('epoch', '=', epoch))]);
    },
  };
}
