import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStores } from '../../../adapters/sql/sqlite-stores.ts';
import { silentLog } from '../../support/silent-log.ts';

describe('opening the embedded stores', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'relight-open-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (file: string) => openSqliteStores({ file, log: silentLog });

  it('says which file cannot be written when its folder does not exist', async () => {
    const file = join(folder, 'nowhere', 'relight.db');
    await expect(open(file)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      retryable: false,
      message: expect.stringMatching(/nowhere\/relight\.db cannot be written.*folder/),
    });
  });

  it('says so when a folder stands where the file should be', async () => {
    const file = join(folder, 'relight.db');
    mkdirSync(file);
    await expect(open(file)).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: false });
  });

  it('refuses a file that is no database and leaves it as it was', async () => {
    const file = join(folder, 'relight.db');
    writeFileSync(file, 'not a database at all, but long enough to look at its header\n'.repeat(40));
    await expect(open(file)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      retryable: false,
      message: expect.stringContaining('damaged or no database'),
    });
  });

  it('is for one process at a time, and free again after close', async () => {
    const file = join(folder, 'relight.db');
    const first = await open(file);
    await expect(open(file)).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('in use by another Relight process'),
    });
    await first.close();
    await expect(first.ready()).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: false });
    const second = await open(file);
    expect(await second.ready()).toMatch(/^SQLite 3\./);
    await second.close();
  });
});
