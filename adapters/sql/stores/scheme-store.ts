import type { SchemeStore, StoredScheme } from '../../../core/ports/scheme-store.ts';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { ConstraintViolated, type Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';

export function createSchemeStore(sql: Sql, { db }: Dialect): SchemeStore {
  return {
    async add({ file, by, ...scheme }: StoredScheme) {
      const row = { ...scheme, file_json: JSON.stringify(file), given_by: by };
      try {
        await sql.run([step(db.insertInto('scheme_file').values(row))]);
      } catch (error) {
        if (!(error instanceof ConstraintViolated)) throw error;
        throw new StoreConflict(
          'already_exists',
          `Scheme ${scheme.id} has a revision ${scheme.revision} already`,
        );
      }
    },

    async list() {
      const query = db
        .selectFrom('scheme_file')
        .select(['id', 'revision', 'hash', 'reason', 'given_by', 'at'])
        .orderBy('id')
        .orderBy('revision');
      return (await rowsOf(sql, query)).map(({ given_by, ...row }) => ({ ...row, by: given_by }));
    },

    async get(id, revision) {
      const query = db.selectFrom('scheme_file').selectAll().where('id', '=', id);
      const row = await firstOf(sql, query.where('revision', '=', revision));
      if (row === null) return null;
      const { file_json, given_by, ...rest } = row;
      return { ...rest, by: given_by, file: JSON.parse(file_json) as unknown };
    },
  };
}
