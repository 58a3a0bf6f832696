import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { Complaint } from '../complaint.ts';

/**
 * A reading store that has never answered under this configuration is a mistake in it, and the start ends with a complaint.
 * One that has answered before is away: outages must be noticed all the same, and readings wait in the journal.
 */
export function knownReadingStore(
  configuration: Configuration,
  readings: { ready(): Promise<string> },
  log: Logger,
): Lifecycle {
  const { DATA_DIR, INFLUX_URL, INFLUX_BUCKET } = configuration;
  const file = join(DATA_DIR, 'reading-store');

  async function check(url: string): Promise<void> {
    const id = createHash('sha256').update(`${url} ${INFLUX_BUCKET}`).digest('hex');
    const known = await readFile(file, 'utf8').catch(() => '');
    try {
      await readings.ready();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (known !== id) {
        throw new Complaint(
          `the readings cannot be stored: ${reason}. Check INFLUX_URL and the other INFLUX_ settings, or remove them to use the embedded store`,
          { cause },
        );
      }
      log.warn('the store of readings is away; readings wait in the journal', { reason });
      return;
    }
    if (known !== id) await writeFile(file, id, { mode: 0o600 });
  }

  return {
    start: async () => {
      if (INFLUX_URL !== undefined) await check(INFLUX_URL);
    },
    stop: () => Promise.resolve(),
  };
}
