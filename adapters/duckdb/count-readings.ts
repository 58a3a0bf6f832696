import { join } from 'node:path';
import type { Instant } from '../../core/units/time.ts';
import { DAY_MS, dayFiles } from './day-file.ts';
import type { Snapshot } from './read-history.ts';
import { fileList, literal } from './sql-text.ts';

/** Whole sealed days without late rows are counted from the list of files, all else from the readings. */
export async function countReadings(
  snapshot: Snapshot,
  site: string,
  from: Instant,
  to: Instant,
): Promise<number> {
  if (to <= from) return 0;
  const range = `ts >= ${Math.ceil(from)} AND ts < ${Math.ceil(to)}`;
  const ofSite = `ref IN (SELECT ref FROM refs WHERE site = ${literal(site)}) AND ${range}`;
  const open = await snapshot.connection.runAndReadAll(
    `SELECT DISTINCT (ts // ${DAY_MS})::INTEGER FROM open_readings WHERE ${ofSite}`,
  );
  const openDays = new Set(open.getRows().map((row) => Number(row[0])));
  const files = await dayFiles(
    snapshot.connection,
    site,
    Math.floor(from / DAY_MS),
    Math.floor((to - 1) / DAY_MS),
  );
  const known = files.filter(
    ({ day }) => !openDays.has(day) && day * DAY_MS >= from && (day + 1) * DAY_MS <= to,
  );
  const others = files.filter((file) => !known.includes(file));

  const parts = [`SELECT device, ts FROM open_readings JOIN refs USING (ref) WHERE ${ofSite}`];
  if (others.length > 0) {
    const paths = others.map(({ file }) => join(snapshot.directory, file));
    parts.push(`SELECT device, ts FROM read_parquet(${fileList(paths)}) WHERE ${range}`);
  }
  const counted = await snapshot.connection.runAndReadAll(
    `SELECT count(*) FROM (SELECT DISTINCT device, ts FROM (${parts.join(' UNION ALL ')}))`,
  );
  return known.reduce((sum, file) => sum + file.readings, Number(counted.getRows()[0]?.[0]));
}
