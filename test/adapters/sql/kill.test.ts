import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStores } from '../../../adapters/sql/sqlite-stores.ts';
import { silentLog } from '../../support/silent-log.ts';

const WRITER = fileURLToPath(new URL('../../support/sql-writer-process.ts', import.meta.url));

describe('kill -9 of a process that writes to the embedded stores', () => {
  const site = 's1';
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'relight-kill-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Lets the writer acknowledge `count` writes, kills it, and answers the last position it acknowledged. */
  async function killAfter(count: number): Promise<number> {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, join(folder, 'relight.db'), site], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    let seen = 0;
    for await (const text of createInterface({ input: child.stdout })) {
      acknowledged = Number(text);
      seen += 1;
      if (seen === count) child.kill('SIGKILL');
    }
    return acknowledged;
  }

  it('loses no acknowledged transaction and tears none, and the next process starts at once', async () => {
    for (const count of [1, 17, 60]) {
      const acknowledged = await killAfter(count);
      const stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: silentLog });
      await stores.migrate();
      const head = await stores.events.head(site);
      const written = head / 3;
      expect(written).toBeGreaterThanOrEqual(acknowledged);
      expect(Number.isInteger(written)).toBe(true);
      expect(await stores.events.read(site, 0, 100_000)).toHaveLength(head);
      expect(await stores.incidents.list({ sites: [site], limit: 100_000 })).toHaveLength(written);
      expect(await stores.incidents.interruptions({ site, limit: 100_000 })).toHaveLength(written);
      expect(await stores.outbox.list({ site, limit: 100_000 })).toHaveLength(written);
      expect(await stores.audit.verify(site)).toBeNull();
      await stores.close();
    }
  }, 60_000);
});
