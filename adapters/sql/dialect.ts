import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Database } from './tables.ts';

/** What differs between the two databases; everything else is one portable subset of SQL. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** Builds and compiles statements; it never executes one. */
  readonly db: Kysely<Database>;
  /** The database's clock, epoch ms. */
  readonly now: RawBuilder<number>;
  /** Several writers at once: claims then lock the rows they take and skip those that others hold. */
  readonly rowLocks: boolean;
}

export function sqliteDialect(): Dialect {
  return {
    name: 'sqlite',
    db: new Kysely<Database>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    rowLocks: false,
  };
}

export function postgresDialect(): Dialect {
  return {
    name: 'postgres',
    db: new Kysely<Database>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
    now: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
    rowLocks: true,
  };
}
