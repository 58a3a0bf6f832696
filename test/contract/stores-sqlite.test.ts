import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { silentLog } from '../support/silent-log.ts';
import { describeStores } from './stores.ts';

describeStores('stores over SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'relight-sql-'));
  const file = join(folder, 'relight.db');
  const stores = await openSqliteStores({ file, log: silentLog, busyTimeout_ms: 50 });
  // Another program, such as a shell left open in a transaction.
  const intruder = new Libsql(file, { timeout: 2_000 });
  return {
    stores,
    others: [stores],
    async tamper(sql) {
      intruder.exec(sql);
    },
    async breakDown() {
      intruder.exec('begin exclusive');
    },
    async repair() {
      intruder.exec('rollback');
    },
    async close() {
      intruder.close();
      await stores.close();
      rmSync(folder, { recursive: true });
    },
  };
});
