import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Logger } from '../../core/ports/logger.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { DAY_MS, dayFiles } from './day-file.ts';
import { deleteRollUps, HOUR_MS } from './hourly-rollup.ts';
import { sealDay } from './seal-day.ts';
import type { Session } from './session.ts';
import { literal } from './sql-text.ts';

export interface UpkeepDeps {
  readonly directory: string;
  readonly log: Logger;
  readonly telemetry?: Telemetry | undefined;
  /** Resolves when everybody who may read a file that is no longer named has finished. */
  readonly readersDone: () => Promise<void>;
}

/** Seals every closed day that has open rows, late ones included. */
export async function sealClosedDays(
  session: Session,
  closedBefore: number,
  deps: UpkeepDeps,
): Promise<void> {
  const days = await session.keeper.runAndReadAll(
    `SELECT DISTINCT site, (ts // ${DAY_MS})::INTEGER AS day FROM open_readings JOIN refs USING (ref)
     WHERE ts < ${closedBefore * DAY_MS} ORDER BY day, site`,
  );
  for (const [site, day] of days.getRows()) {
    const begun = performance.now();
    const { readings, replaced } = await sealDay(
      session.keeper,
      deps.directory,
      session.columns,
      String(site),
      Number(day),
    );
    if (replaced !== null) await dropFiles([replaced], deps);
    deps.telemetry?.observe('relight_reading_store_seal_seconds', (performance.now() - begun) / 1000);
    deps.log.info('Sealed a day of readings', { site: String(site), day: Number(day), readings });
  }
  if (days.currentRowCount > 0) await checkpoint(session.keeper, deps.log);
}

/** Forgets a site's days that ended before `before`. */
export async function forgetDays(
  session: Session,
  site: string,
  before: number,
  deps: UpkeepDeps,
): Promise<void> {
  const endDay = Math.floor(before / DAY_MS);
  const files = await dayFiles(session.keeper, site, 0, endDay - 1);
  await session.keeper.run('BEGIN');
  try {
    await session.keeper.run(`DELETE FROM sealed WHERE site = ${literal(site)} AND day < ${endDay}`);
    await session.keeper.run(deleteRollUps(site, `hour < ${(endDay * DAY_MS) / HOUR_MS}`));
    await session.keeper.run(
      `DELETE FROM open_readings WHERE ts < ${endDay * DAY_MS} AND ref IN (SELECT ref FROM refs WHERE site = ${literal(site)})`,
    );
    await session.keeper.run('COMMIT');
  } catch (error) {
    await session.keeper.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await dropFiles(
    files.map(({ file }) => file),
    deps,
  );
  await checkpoint(session.keeper, deps.log);
}

async function dropFiles(files: readonly string[], deps: UpkeepDeps): Promise<void> {
  await deps.readersDone();
  for (const file of files) await rm(join(deps.directory, file), { force: true });
}

/** Refused while another transaction runs; the next one that the log's size calls for makes up for it. */
async function checkpoint(connection: DuckDBConnection, log: Logger): Promise<void> {
  await connection
    .run('CHECKPOINT')
    .catch((cause: unknown) => log.debug('Checkpoint put off', { cause: String(cause) }));
}
