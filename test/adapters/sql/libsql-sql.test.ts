import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLibsqlSql, type LibsqlSql } from '../../../adapters/sql/libsql-sql.ts';
import { type Step, UnmetStep } from '../../../adapters/sql/sql.ts';
import { silentLog } from '../../support/silent-log.ts';

let folder: string;
let sql: LibsqlSql;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relight-sql-'));
  sql = createLibsqlSql({ file: join(folder, 'relight.db'), busyTimeout_ms: 1_000, log: silentLog });
  await sql.open();
  await sql.run([{ sql: 'create table t (n integer primary key)', parameters: [] }]);
});
afterEach(async () => {
  await sql.close();
  rmSync(folder, { recursive: true });
});

const add = (n: number): Step => ({ sql: 'insert into t (n) values (?)', parameters: [n] });
const added = (from: number, count: number) => Array.from({ length: count }, (_, i) => add(from + i));

async function count(): Promise<number> {
  const [{ rows }] = await sql.run([
    { sql: 'select count(*) as n from t', parameters: [] } as Step<{ n: number }>,
  ]);
  return rows[0]?.n ?? -1;
}

it('reads come between the steps of a long transaction and see nothing of it before it is whole', async () => {
  let over = false;
  const long = sql.run(added(0, 60_000)).then(() => {
    over = true;
  });
  const seen = new Set<number>();
  let between = 0;
  while (!over) {
    const n = await count();
    if (over) break;
    between += 1;
    seen.add(n);
  }
  await long;
  expect(between).toBeGreaterThan(3);
  expect([...seen].filter((n) => n !== 60_000)).toEqual([0]);
  expect(await count()).toBe(60_000);
}, 60_000);

it('who awaited a write reads it', async () => {
  for (let n = 0; n < 50; n += 1) {
    await sql.run([add(n)]);
    expect(await count()).toBe(n + 1);
  }
});

it('transactions that wait together stand or fall one by one', async () => {
  const unmet = { ...add(1), expect: { name: 'never', affected: 2 } };
  const results = await Promise.allSettled([
    sql.run(added(10, 3)),
    sql.run([add(20), unmet]),
    sql.run([add(30), add(10)]),
    sql.run(added(40, 2)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: expect.any(UnmetStep) });
  expect(await count()).toBe(5);
});
