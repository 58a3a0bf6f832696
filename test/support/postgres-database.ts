import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of its own on the server of TEST_POSTGRES_URL. */
export interface TestDatabase {
  readonly url: string;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `relight_${randomUUID().replaceAll('-', '')}`;
  await once(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql) => once(url.href, sql),
    drop: async () => {
      await once(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

async function once(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
