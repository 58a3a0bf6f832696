import { sql as raw } from 'kysely';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { type Sql, type Step, UnmetStep } from '../sql.ts';
import { step } from '../steps.ts';

/** What a site has one of, edited as a whole and kept as JSON: its shape was checked at the door. */
export function createSiteDocuments(sql: Sql, { db }: Dialect) {
  type Kind = 'roster' | 'dispatch' | 'claims' | 'planned';

  function read(site: string, kind: Kind) {
    return db.selectFrom('site_document').selectAll().where('site', '=', site).where('kind', '=', kind);
  }

  function save(site: string, kind: Kind, body: unknown, saved_at: number, ifVersion?: number): Step {
    const expect = { name: 'version', affected: 1 };
    const content = { saved_at, body_json: JSON.stringify(body) };
    const insert = db.insertInto('site_document').values({ site, kind, version: 1, ...content });
    if (ifVersion === 0)
      return step(
        insert.onConflict((conflict) => conflict.doNothing()),
        expect,
      );
    const next = { ...content, version: raw<number>`site_document.version + 1` };
    if (ifVersion === undefined) {
      return step(
        insert.onConflict((conflict) => conflict.columns(['site', 'kind']).doUpdateSet(next)),
        expect,
      );
    }
    const update = db
      .updateTable('site_document')
      .set(next)
      .where('site', '=', site)
      .where('kind', '=', kind);
    return step(update.where('version', '=', ifVersion), expect);
  }

  return {
    read,
    save,
    async put(site: string, kind: Kind, body: unknown, at: number, ifVersion?: number): Promise<number> {
      try {
        const [, saved] = await sql.run([save(site, kind, body, at, ifVersion), step(read(site, kind))]);
        return saved.rows[0]?.version ?? 1;
      } catch (error) {
        if (!(error instanceof UnmetStep)) throw error;
        throw new StoreConflict('version_conflict', `The ${kind} of site ${site} is at another version`);
      }
    },
  };
}
