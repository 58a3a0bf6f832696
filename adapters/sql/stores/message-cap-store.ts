import type { ChosenCaps } from '../../../core/notices/message-caps.ts';
import type { MessageCapStore, SiteCaps } from '../../../core/ports/message-cap-store.ts';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { type Sql, UnmetStep } from '../sql.ts';
import { firstOf, step } from '../steps.ts';
import type { MessageCapTable } from '../tables.ts';

const HELD = { name: 'version', affected: 1 };

export function createMessageCapStore(sql: Sql, { db }: Dialect): MessageCapStore {
  return {
    async get(site) {
      const row = await firstOf(sql, db.selectFrom('message_cap').selectAll().where('site', '=', site));
      return row === null ? null : capsOf(row);
    },

    async put({ site, savedAt: saved_at, savedBy: saved_by, reason, chosen }, ifVersion) {
      const version = ifVersion + 1;
      const content = { version, saved_at, saved_by, reason, ...columnsOf(chosen) };
      const insert = db
        .insertInto('message_cap')
        .values({ site, ...content })
        .onConflict((conflict) => conflict.doNothing());
      const update = db
        .updateTable('message_cap')
        .set(content)
        .where('site', '=', site)
        .where('version', '=', ifVersion);
      try {
        await sql.run([ifVersion === 0 ? step(insert, HELD) : step(update, HELD)]);
      } catch (error) {
        if (!(error instanceof UnmetStep)) throw error;
        throw new StoreConflict(
          'version_conflict',
          `The message limits of site ${site} are at another version`,
        );
      }
      return version;
    },
  };
}

function columnsOf(chosen: ChosenCaps) {
  return {
    segments_per_hour: chosen.segmentsPerHour,
    segments_per_day: chosen.segmentsPerDay,
    segments_per_incident: chosen.segmentsPerIncident,
    per_owner_per_day: chosen.perOwnerPerDay,
    fleet_share_percent: chosen.fleetShare_percent,
    fleet_incidents: chosen.fleetIncidents,
  };
}

function capsOf(row: MessageCapTable): SiteCaps {
  return {
    site: row.site,
    version: row.version,
    savedAt: row.saved_at,
    savedBy: row.saved_by,
    reason: row.reason,
    chosen: {
      segmentsPerHour: row.segments_per_hour,
      segmentsPerDay: row.segments_per_day,
      segmentsPerIncident: row.segments_per_incident,
      perOwnerPerDay: row.per_owner_per_day,
      fleetShare_percent: row.fleet_share_percent,
      fleetIncidents: row.fleet_incidents,
    },
  };
}
