import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInfluxReadingStore } from '../../../adapters/influx/open-reading-store.ts';
import type { ReadingStore } from '../../../core/ports/reading-store.ts';
import { createLogBook } from '../../support/quiet.ts';
import { batchOf } from '../../support/reading-batch.ts';
import { type Exchange, playExchanges } from '../../support/recorded-server.ts';

// No server of these versions can be installed here. The exchanges follow InfluxData's API documentation:
// what they prove is that we send and understand what it says, not that a server does as it says.

const ts = Date.UTC(2026, 0, 5);
const one = batchOf([{ site: 's', device: 'm', ts, arrival: ts + 50, fields: { voltage: 230.5, time: 3 } }]);

const pingV2: Exchange = {
  method: 'GET',
  path: '/ping',
  status: 204,
  headers: { 'X-Influxdb-Build': 'OSS', 'X-Influxdb-Version': 'v2.7.11' },
};
const pingV3: Exchange = {
  method: 'GET',
  path: '/ping',
  status: 200,
  headers: { 'x-influxdb-build': 'Core', 'x-influxdb-version': '3.2.1' },
  body: { version: '3.2.1', revision: 'b2a30b39ec', process_id: 'cdb26d26-1f77-4b31-9f19-4dd5c3a1d4e6' },
};
const bucketFound: Exchange = {
  method: 'GET',
  path: '/api/v2/buckets',
  search: { org: 'house', name: 'relight' },
  status: 200,
  body: {
    buckets: [{ id: '0a1b2c3d4e5f6071', orgID: 'f0e1d2c3b4a59687', name: 'relight', retentionRules: [] }],
  },
};
const mapped: Exchange = {
  method: 'GET',
  path: '/api/v2/dbrps',
  search: { org: 'house', db: 'relight' },
  status: 200,
  body: {
    content: [
      {
        id: '0c11',
        database: 'relight',
        retention_policy: 'autogen',
        default: true,
        orgID: 'f0e1d2c3b4a59687',
        bucketID: '0a1b2c3d4e5f6071',
        virtual: true,
      },
    ],
  },
};
const written: Exchange = {
  method: 'POST',
  path: '/api/v2/write',
  search: { bucket: 'relight', precision: 'ms' },
  status: 204,
};
const found: Exchange = {
  method: 'GET',
  path: '/query',
  search: { db: 'relight', epoch: 'ms', q: 'SELECT' },
  status: 200,
  body: {
    results: [
      {
        statement_id: 0,
        series: [
          {
            name: 'reading',
            columns: ['time', 'readings', 'low0', 'high0', 'mean0'],
            values: [[ts, 2, 1.5, 230.5, 116]],
          },
        ],
      },
    ],
  },
};

let exchanges: readonly Exchange[];
let server: Awaited<ReturnType<typeof playExchanges>>;

beforeEach(async () => {
  server = await playExchanges(() => exchanges);
});

afterEach(() => server.close());

async function open(): Promise<ReadingStore> {
  return await openInfluxReadingStore({
    url: server.url,
    token: 'secret',
    org: 'house',
    bucket: 'relight',
    log: createLogBook(),
  });
}

describe.each([
  ['2.x', pingV2, 'InfluxDB v2.7.11'],
  ['3.x', pingV3, 'InfluxDB 3.2.1'],
])('InfluxDB %s by recorded exchanges', (_, ping, name) => {
  beforeEach(() => {
    exchanges = [ping, bucketFound, mapped, written, found];
  });

  it('is written to by /api/v2/write with its token, and read by InfluxQL', async () => {
    const store = await open();
    expect(await store.ready()).toBe(name);
    await store.write(one);
    const write = server.received.find(({ path }) => path === '/api/v2/write');
    expect(write?.search.get('org')).toBe('house');
    expect(write?.authorization).toBe('Token secret');
    expect(write?.body).toBe(
      `reading,device=m,site=s Arrival=${ts + 50}i,voltage=230.5,Field_time=3 ${ts}\n`,
    );

    const query = { site: 's', device: 'm', fields: ['voltage'], from: ts, to: ts + 60_000, buckets: 1 };
    expect(await store.history(query)).toEqual([{ at: ts, count: 2, min: [1.5], max: [230.5], mean: [116] }]);
    expect(await store.count('s', ts, ts + 60_000)).toBe(2);
  });

  it.each([
    [400, { code: 'invalid', message: 'unable to parse points' }, 'refused', false],
    [
      422,
      {
        code: 'unprocessable entity',
        message: 'failure writing points to database: partial write: field type conflict',
      },
      'refused',
      false,
    ],
    [413, { code: 'request too large', message: 'points batch is too large' }, 'refused', false],
    [401, { code: 'unauthorized', message: 'unauthorized access' }, 'refused', true],
    [404, { code: 'not found', message: 'bucket "relight" not found' }, 'refused', true],
    [429, { code: 'too many requests', message: 'over quota' }, 'unreachable', true],
    [500, { code: 'internal error', message: 'unexpected error' }, 'unreachable', true],
    [503, { code: 'unavailable', message: 'come back later' }, 'unreachable', true],
    [507, { code: 'insufficient storage', message: 'disk full' }, 'full', true],
  ])('says of a write answered %i what it means', async (status, body, code, retryable) => {
    const store = await open();
    exchanges = [ping, bucketFound, mapped, { ...written, status, body }, found];
    await expect(store.write(one)).rejects.toMatchObject({ name: 'ReadingStoreError', code, retryable });
    exchanges = [ping, bucketFound, mapped, written, found];
    await store.write(one);
  });

  it('is sent every request of a large batch although one of them is refused for good', async () => {
    const rows = Array.from({ length: 12_000 }, (_, step) => ({
      site: 's',
      device: 'm',
      ts: ts + step,
      arrival: ts,
      fields: { voltage: step },
    }));
    const store = await open();
    exchanges = [ping, bucketFound, mapped, { ...written, status: 400 }, found];
    await expect(store.write(batchOf(rows))).rejects.toMatchObject({ retryable: false });
    const sizes = server.received
      .filter(({ path }) => path === '/api/v2/write')
      .map(({ body }) => body.split('\n').length - 1);
    expect(sizes).toEqual([5000, 5000, 2000]);
  });
});

describe('InfluxDB 2.x by recorded exchanges', () => {
  it('is refused with the command to run when no database is mapped to the bucket', async () => {
    exchanges = [pingV2, bucketFound, { ...mapped, body: { content: [] } }, written, found];
    await expect(open()).rejects.toThrow(
      /maps no database to bucket relight.*influx v1 dbrp create --org house --db relight --rp autogen --bucket-id 0a1b2c3d4e5f6071 --default/,
    );
  });

  it('is refused when it has no such bucket', async () => {
    exchanges = [
      pingV2,
      { ...bucketFound, status: 404, body: { code: 'not found', message: 'bucket "relight" not found' } },
      mapped,
    ];
    await expect(open()).rejects.toThrow(/no bucket relight in organisation house/);
  });

  it('deletes by predicate', async () => {
    exchanges = [
      pingV2,
      bucketFound,
      mapped,
      { method: 'POST', path: '/api/v2/delete', search: { org: 'house', bucket: 'relight' }, status: 204 },
    ];
    await (await open()).retain('s', ts);
    expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual({
      start: '1970-01-01T00:00:00Z',
      stop: '2026-01-05T00:00:00.000Z',
      predicate: '_measurement="reading" AND site="s"',
    });
  });
});

it('says that InfluxDB 3 needs a retention period of its own', async () => {
  exchanges = [pingV3];
  await expect((await open()).retain('s', ts)).rejects.toThrow(/give its database a retention period/);
});

it('takes /write before 1.8 and /api/v2/write from 1.8 on', async () => {
  for (const [version, path] of [
    ['1.6.7~rc0', '/write'],
    ['1.7.10', '/write'],
    ['1.8.10', '/api/v2/write'],
    ['1.11.8', '/api/v2/write'],
  ] as const) {
    exchanges = [
      { ...pingV2, headers: { 'X-Influxdb-Version': version } },
      {
        method: 'GET',
        path: '/query',
        status: 200,
        body: { results: [{ statement_id: 0, series: [{ name: 'x', columns: [], values: [] }] }] },
      },
      { method: 'POST', path, status: 204 },
    ];
    await (await open()).write(one);
    expect(server.received.at(-1)?.path).toBe(path);
  }
});

it('says what to do when a 1.x user may not create the missing database', async () => {
  const denied = { error: 'error authorizing query: relight not authorized to execute statement' };
  exchanges = [
    { ...pingV2, headers: { 'X-Influxdb-Version': '1.6.7' } },
    {
      method: 'GET',
      path: '/query',
      search: { q: 'SHOW RETENTION' },
      status: 200,
      body: { results: [{ statement_id: 0, error: 'database not found: relight' }] },
    },
    { method: 'POST', path: '/query', search: { q: 'CREATE DATABASE' }, status: 403, body: denied },
  ];
  await expect(open()).rejects.toThrow(
    /no database relight and this user may not create it: run CREATE DATABASE "relight"/,
  );
});

it('says that nothing answers there, in a ReadingStoreError worth retrying', async () => {
  exchanges = [];
  await server.close();
  await expect(open()).rejects.toMatchObject({
    name: 'ReadingStoreError',
    code: 'unreachable',
    retryable: true,
  });
});
