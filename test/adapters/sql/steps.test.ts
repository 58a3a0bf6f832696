import { describe, expect, it } from 'vitest';
import { postgresDialect, sqliteDialect } from '../../../adapters/sql/dialect.ts';
import { createIdSource } from '../../../adapters/sql/ids.ts';
import { createPace } from '../../../adapters/sql/pace.ts';
import { createBulk } from '../../../adapters/sql/steps.ts';

type Row = readonly [site: string, seq: number];

describe('bulk statements', () => {
  const { db } = sqliteDialect();
  const counters = () =>
    createBulk<Row>((rows) =>
      db.insertInto('event_counter').values(rows.map(([site, seq]) => ({ site, seq }))),
    );

  it('carry every row once, in order, within the databases limits', async () => {
    const items = Array.from({ length: 1_003 }, (_, i) => i);
    const steps = await counters()(items, (i): Row => [`s${i}`, i], createPace());
    expect(steps.flatMap(({ parameters }) => parameters)).toEqual(items.flatMap((i) => [`s${i}`, i]));
    expect(steps.every(({ parameters }) => parameters.length <= 32_766)).toBe(true);
    expect(steps.length).toBeLessThan(16);
  });

  it('are refused when their values do not stand in the order of the rows', async () => {
    const wrong = createBulk<Row>((rows) =>
      db.insertInto('event_counter').values(rows.map(([site, seq]) => ({ seq, site }))),
    );
    await expect(wrong([1], (i): Row => [`s${i}`, i], createPace())).rejects.toThrow('in order');
  });

  it('let the event loop run while a long list is built', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const slow = (i: number): Row => [JSON.stringify(Array.from({ length: 200 }, () => i)), i];
    await counters()(
      Array.from({ length: 20_000 }, (_, i) => i),
      slow,
      createPace(),
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('statements', () => {
  it('spell the clock of their own database', () => {
    const now = ({ db, now }: ReturnType<typeof sqliteDialect>) =>
      db.selectNoFrom(now.as('now')).compile().sql;
    expect(now(sqliteDialect())).toContain('unixepoch');
    expect(now(postgresDialect())).toContain('clock_timestamp');
  });
});

describe('ids', () => {
  it('sort by time and by order inside a millisecond, and never repeat', () => {
    const newId = createIdSource();
    const ids = [1, 1, 1, 2, 2, 1_767_225_600_000].map((at) => newId(at));
    expect([...ids].sort((a, b) => (a < b ? -1 : 1))).toEqual(ids);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    const many = new Set(Array.from({ length: 10_000 }, () => newId(5)));
    expect(many.size).toBe(10_000);
  });
});
