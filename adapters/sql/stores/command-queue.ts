import type { Command } from '../../../core/incidents/engine.ts';
import type { CommandQueue } from '../../../core/ports/incident-store.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import type { Sql } from '../sql.ts';
import { rowsOf, step } from '../steps.ts';

export function createCommandQueue(sql: Sql, { db }: Dialect): CommandQueue {
  const newId = createIdSource();
  return {
    async add(site, command, by, at, key) {
      const id = newId(at);
      const values = {
        site,
        id,
        request_key: key ?? null,
        command_json: JSON.stringify(command),
        given_by: by,
        given_at: at,
        taken: 0,
      };
      const add = db
        .insertInto('command')
        .values(values)
        .onConflict((conflict) => conflict.columns(['site', 'request_key']).doNothing());
      if (key === undefined) {
        await sql.run([step(add)]);
        return id;
      }
      const first = db
        .selectFrom('command')
        .select('id')
        .where('site', '=', site)
        .where('request_key', '=', key);
      const [, found] = await sql.run([step(add), step(first)]);
      return found.rows[0]?.id ?? id;
    },
    async waiting(site, limit) {
      const query = db.selectFrom('command').select(['id', 'command_json']).where('site', '=', site);
      const rows = await rowsOf(sql, query.where('taken', '=', 0).orderBy('id').limit(limit));
      return rows.map(({ id, command_json }) => ({ id, command: JSON.parse(command_json) as Command }));
    },
    async taken(site, ids) {
      if (ids.length === 0) return;
      const mark = db
        .updateTable('command')
        .set({ taken: 1 })
        .where('site', '=', site)
        .where('id', 'in', ids);
      await sql.run([step(mark)]);
    },
  };
}
