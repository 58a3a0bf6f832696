import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteDialect } from '../../../adapters/sql/dialect.ts';
import { createLibsqlSql, type LibsqlSql } from '../../../adapters/sql/libsql-sql.ts';
import { migrate } from '../../../adapters/sql/migrate.ts';
import { MIGRATIONS } from '../../../adapters/sql/migrations/all.ts';
import type { Migration } from '../../../adapters/sql/migrations/migration.ts';
import { openSqliteStores } from '../../../adapters/sql/sqlite-stores.ts';
import { silentLog } from '../../support/silent-log.ts';

describe('migrations', () => {
  const dialect = sqliteDialect();
  let folder: string;
  let file: string;
  let sql: LibsqlSql;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relight-migrate-'));
    file = join(folder, 'relight.db');
    sql = createLibsqlSql({ file, busyTimeout_ms: 1_000, log: silentLog });
    await sql.open();
  });
  afterEach(async () => {
    await sql.close();
    rmSync(folder, { recursive: true });
  });

  const run = (text: string) => sql.run([{ sql: text, parameters: [] }]);

  it('are numbered from 1 without a gap', () => {
    expect(MIGRATIONS.map(({ id }) => id)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it('bring a database of the version before forward and keep what it holds', async () => {
    await migrate(sql, dialect, MIGRATIONS.slice(0, -1));
    await run("insert into event_counter (site, seq) values ('s', 41)");
    await run("insert into lease (site, holder, epoch, expires_at) values ('s', 'h', 7, 0)");
    await sql.close();

    const stores = await openSqliteStores({ file, log: silentLog });
    await stores.migrate();
    expect(await stores.events.append('s', 1, 'site', {})).toBe(42);
    expect(await stores.leases.acquire('s', 'h2', 1_000)).toBe(8);
    expect(await stores.outbox.claim('a', 1, 10)).toEqual([]);
    await stores.close();
  });

  it('refuse a database from a newer program and leave it alone', async () => {
    const next: Migration = {
      id: (MIGRATIONS.at(-1)?.id ?? 0) + 1,
      name: 'of the future',
      statements: ({ int }) => [`create table tomorrow (a ${int})`],
    };
    await migrate(sql, dialect, [...MIGRATIONS, next]);
    await expect(migrate(sql, dialect, MIGRATIONS)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      retryable: false,
      message: expect.stringContaining('newer Relight'),
    });
  });

  it('refuse a database whose history is another one', async () => {
    await migrate(sql, dialect, MIGRATIONS);
    await run("update migration set checksum = 'edited' where id = 2");
    await expect(migrate(sql, dialect, MIGRATIONS)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('another build'),
    });
  });

  it('are all or nothing each: a failed one leaves no trace and can be tried again', async () => {
    const [first] = MIGRATIONS;
    if (first === undefined) throw new Error('no migration');
    const broken: Migration = {
      id: 2,
      name: 'broken',
      statements: () => ['create table half (a)', 'nonsense'],
    };
    await expect(migrate(sql, dialect, [first, broken])).rejects.toThrow(/nonsense|syntax/);
    const whole: Migration = { id: 2, name: 'whole', statements: () => ['create table half (a)'] };
    await migrate(sql, dialect, [first, whole]);
    expect((await run('select id from migration'))[0].rows).toHaveLength(2);
  });

  it('may run twice at once', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(sql, dialect, MIGRATIONS)));
    expect((await run('select id from migration'))[0].rows).toHaveLength(MIGRATIONS.length);
  });
});
