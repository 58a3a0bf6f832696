import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../adapters/sql/migrations/all.ts';
import { openPostgresStores } from '../../adapters/sql/postgres-stores.ts';
import { describeStores } from '../contract/stores.ts';
import { createTestDatabase } from '../support/postgres-database.ts';
import { silentLog } from '../support/silent-log.ts';
import { createTcpSwitch } from '../support/tcp-switch.ts';

const SERVER = process.env.TEST_POSTGRES_URL;

if (SERVER === undefined) {
  describe('stores over PostgreSQL', () => {
    it.skip('needs TEST_POSTGRES_URL: run npm run test:services', () => {});
  });
} else {
  describeStores('stores over PostgreSQL', async () => {
    const database = await createTestDatabase(SERVER);
    const { hostname, port } = new URL(SERVER);
    const wire = await createTcpSwitch(hostname, Number(port || 5432));
    const through = new URL(database.url);
    through.hostname = '127.0.0.1';
    through.port = String(wire.port);
    const stores = await openPostgresStores({ url: through.href, log: silentLog });
    const others = await Promise.all(
      Array.from({ length: 3 }, () =>
        openPostgresStores({ url: database.url, log: silentLog, maxConnections: 5 }),
      ),
    );
    return {
      stores,
      others,
      tamper: async (sql) => {
        await database.query(sql);
      },
      breakDown: () => wire.cut(),
      repair: () => wire.join(),
      async close() {
        await Promise.all([stores, ...others].map((one) => one.close()));
        await wire.cut();
        await database.drop();
      },
    };
  });

  describe('processes that start at once on an empty PostgreSQL database', () => {
    it('all find the schema whole', async () => {
      const database = await createTestDatabase(SERVER);
      const processes = await Promise.all(
        Array.from({ length: 4 }, () => openPostgresStores({ url: database.url, log: silentLog })),
      );
      await Promise.all(processes.map((one) => one.migrate()));
      const rows = await database.query('select id from migration order by id');
      expect(rows).toEqual(MIGRATIONS.map(({ id }) => ({ id: String(id) })));
      await Promise.all(processes.map((one) => one.close()));
      await database.drop();
    });
  });

  describe('opening PostgreSQL', () => {
    async function messageFor(change: (url: URL) => void): Promise<{ message: string; retryable: boolean }> {
      const url = new URL(SERVER ?? '');
      change(url);
      const opening = openPostgresStores({ url: url.href, log: silentLog });
      const error: unknown = await opening.then(
        () => new Error('it opened'),
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: 'StoreUnavailable' });
      return error as { message: string; retryable: boolean };
    }

    it('says that nothing answers there, and that it is worth trying again', async () => {
      const error = await messageFor((url) => {
        url.port = '1';
      });
      expect(error.message).toContain('does not answer');
      expect(error.message).toContain(':1');
      expect(error.retryable).toBe(true);
    });

    it('says that the host name is unknown', async () => {
      const error = await messageFor((url) => {
        url.hostname = 'no-such-host.invalid';
      });
      expect(error.message).toContain('no-such-host.invalid');
    });

    it('says that the database is missing and how to make it', async () => {
      const error = await messageFor((url) => {
        url.pathname = '/nothing_here';
      });
      expect(error).toMatchObject({
        message: expect.stringContaining('createdb nothing_here'),
        retryable: false,
      });
    });

    it('says that the user is refused, without the password', async () => {
      const error = await messageFor((url) => {
        url.username = 'stranger';
        url.password = 'hunter2';
      });
      expect(error).toMatchObject({ message: expect.stringContaining("'stranger'"), retryable: false });
      expect(error.message).not.toContain('hunter2');
    });

    it('says that the address is none', async () => {
      const opening = openPostgresStores({ url: 'mysql://x', log: silentLog });
      await expect(opening).rejects.toMatchObject({
        name: 'StoreUnavailable',
        message: expect.stringContaining('postgres://'),
      });
    });

    it('sends people to pg_dump for a backup', async () => {
      const stores = await openPostgresStores({ url: SERVER, log: silentLog });
      await expect(stores.backup('/tmp/x')).rejects.toMatchObject({
        message: expect.stringContaining('pg_dump'),
      });
      await stores.close();
      await expect(stores.ready()).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: false });
    });
  });
}
