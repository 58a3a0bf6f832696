import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreSqlite } from '../../../adapters/sql/sqlite-backup.ts';
import { openSqliteStores } from '../../../adapters/sql/sqlite-stores.ts';
import type { Stores } from '../../../core/ports/stores.ts';
import { changesOf, incidentOf, interruptionOf, line, noticeOf } from '../../contract/stores-builders.ts';
import { silentLog } from '../../support/silent-log.ts';

const SITE = 's1';

describe('backup and restore of the embedded stores', () => {
  let folder: string;
  let file: string;
  let stores: Stores;
  let epoch: number;
  let position: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relight-backup-'));
    file = join(folder, 'relight.db');
    stores = await openSqliteStores({ file, log: silentLog });
    await stores.migrate();
    epoch = (await stores.leases.acquire(SITE, 'h', 60_000)) ?? 0;
    position = 0;
  });
  afterEach(async () => {
    await stores.close();
    rmSync(folder, { recursive: true });
  });

  async function write(): Promise<void> {
    position += 1;
    const incident = `i${position}`;
    const ledger = Array.from({ length: 20 }, (_, i) => line('opened', interruptionOf(`x${position}-${i}`)));
    const changes = changesOf({
      incidents: [incidentOf(incident)],
      ledger,
      notices: [noticeOf('+8613800000001', { incident })],
    });
    await stores.incidents.apply({ site: SITE, epoch, position, at: position, changes });
  }

  /** What one write leaves, counted; equal everywhere when no write is torn. */
  async function writesIn(of: Stores): Promise<number> {
    const writes = (await of.events.head(SITE)) / 22;
    expect(await of.events.read(SITE, 0, 1_000_000)).toHaveLength(writes * 22);
    expect(await of.incidents.list({ sites: [SITE], limit: 1_000_000 })).toHaveLength(writes);
    expect(await of.incidents.interruptions({ site: SITE, limit: 1_000_000 })).toHaveLength(writes * 20);
    expect(await of.outbox.list({ site: SITE, limit: 1_000_000 })).toHaveLength(writes);
    return writes;
  }

  it('copies a consistent state while writes go on, and that copy works', async () => {
    for (let i = 0; i < 30; i++) await write();
    const copy = join(folder, 'copy.db');
    const before = position;
    let copying = true;
    const backup = stores.backup(copy).finally(() => {
      copying = false;
    });
    while (copying) await write();
    await backup;
    const after = position;
    expect(after).toBeGreaterThan(before);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
    await stores.close();

    await restoreSqlite(copy, file);
    expect(existsSync(`${file}.replaced`)).toBe(true);
    stores = await openSqliteStores({ file, log: silentLog });
    await stores.migrate();
    const restored = await writesIn(stores);
    expect(restored).toBeGreaterThanOrEqual(before);
    expect(restored).toBeLessThanOrEqual(after);
    position = after + 1;
    await write();
    expect(await writesIn(stores)).toBe(restored + 1);
  });

  it('never overwrites a file and says what is wrong with a target', async () => {
    const copy = join(folder, 'copy.db');
    writeFileSync(copy, 'precious');
    await expect(stores.backup(copy)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('exists already'),
    });
    await expect(stores.backup(join(folder, 'nowhere', 'copy.db'))).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('folder'),
    });
  });

  it('does not restore over a running server', async () => {
    await write();
    const copy = join(folder, 'copy.db');
    await stores.backup(copy);
    await expect(restoreSqlite(copy, file)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('in use by another Relight process'),
    });
    expect(await writesIn(stores)).toBe(1);
  });

  it('refuses what is damaged, foreign, absent or from a newer program, and changes nothing then', async () => {
    await write();
    const good = join(folder, 'good.db');
    await stores.backup(good);
    await stores.close();

    const newer = join(folder, 'newer.db');
    copyFileSync(good, newer);
    alter(newer, "insert into migration (id, name, checksum, applied_at) values (99, 'future', 'x', 0)");
    const foreign = join(folder, 'foreign.db');
    alter(foreign, 'create table other (a)');
    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, 'SQLite format 3\0'.padEnd(9_000, 'junk'));

    for (const [from, message] of [
      [newer, 'newer Relight'],
      [foreign, 'no backup of Relight'],
      [damaged, 'damaged'],
      [join(folder, 'absent.db'), 'no backup of Relight'],
    ] as const) {
      await expect(restoreSqlite(from, file)).rejects.toMatchObject({
        name: 'StoreUnavailable',
        message: expect.stringContaining(message),
      });
    }
    expect(existsSync(join(folder, 'absent.db'))).toBe(false);
    stores = await openSqliteStores({ file, log: silentLog });
    expect(await writesIn(stores)).toBe(1);
  });
});

function alter(file: string, sql: string): void {
  const database = new Libsql(file);
  database.exec(sql);
  database.close();
}
