import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { runHere } from '../support/cli.ts';
import { silentLog } from '../support/silent-log.ts';
import { smallSite } from '../support/small-site.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relight-audit-'));
  const stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: silentLog });
  await stores.migrate();
  const site = smallSite('court');
  await stores.sites.put(site, site, { by: 'test', at: 1 });
  for (const subject of ['a', 'b', 'c'])
    await stores.audit.append({ site: 'court', at: 1, by: 'u', action: 'person.open', subject, detail: {} });
  await stores.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const verify = () => runHere(['audit', 'verify'], { DATA_DIR: folder });

it('finds the audit log whole, and the entry that somebody changed behind its back', async () => {
  const whole = await verify();
  expect(whole.stdout).toMatch(/court: 3 entries hold together, head [0-9a-f]{64}/);
  const database = new Database(join(folder, 'relight.db'));
  database.prepare("update audit set subject = 'x' where site = 'court' and seq = 2").run();
  database.close();
  const broken = await verify();
  expect(broken.stdout).toContain('court: broken at entry 2 of 3');
  expect(broken.code).toBe(1);
});
