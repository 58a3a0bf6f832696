import type { ChannelSettingStore } from '../../../core/ports/channel-setting-store.ts';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { type Sql, type Step, UnmetStep } from '../sql.ts';
import { rowsOf, step } from '../steps.ts';

const HELD = { name: 'version', affected: 1 };

export function createChannelSettingStore(sql: Sql, { db }: Dialect): ChannelSettingStore {
  async function change(id: string, one: Step): Promise<void> {
    try {
      await sql.run([one]);
    } catch (error) {
      if (!(error instanceof UnmetStep)) throw error;
      throw new StoreConflict('version_conflict', `The settings of channel ${id} are at another version`);
    }
  }

  return {
    async list() {
      const rows = await rowsOf(sql, db.selectFrom('channel_setting').selectAll().orderBy('id'));
      return rows.map(({ id, version, saved_at, saved_by, sealed }) => ({
        id,
        version,
        savedAt: saved_at,
        savedBy: saved_by,
        sealed,
      }));
    },

    async put({ id, savedAt: saved_at, savedBy: saved_by, sealed }, ifVersion) {
      const version = ifVersion + 1;
      const content = { version, saved_at, saved_by, sealed };
      const insert = db
        .insertInto('channel_setting')
        .values({ id, ...content })
        .onConflict((conflict) => conflict.doNothing());
      const update = db
        .updateTable('channel_setting')
        .set(content)
        .where('id', '=', id)
        .where('version', '=', ifVersion);
      await change(id, ifVersion === 0 ? step(insert, HELD) : step(update, HELD));
      return version;
    },

    async remove(id, ifVersion) {
      const gone = db.deleteFrom('channel_setting').where('id', '=', id).where('version', '=', ifVersion);
      await change(id, step(gone, HELD));
    },
  };
}
