import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { type ApiWorld, type Hand, OWNER, openApiWorld, PHONE } from '../support/api-world.ts';

let world: ApiWorld;
let by: Hand;
beforeAll(async () => {
  world = await openApiWorld();
  by = await world.hire('manager', ['s1']);
});
afterAll(() => world.close());

const get = (path: string, hand = by) => ask({ url: `/api/v1/sites/s1${path}`, by: hand });
const post = (path: string, payload: object, hand = by) =>
  ask({ method: 'POST', url: `/api/v1/sites/s1${path}`, payload, by: hand });

/** Making spreadsheets holds the event loop of this very process up, which the server takes for its own load. */
async function ask(request: Parameters<ApiWorld['ask']>[0]) {
  for (;;) {
    const answer = await world.ask(request);
    if (answer.statusCode !== 503) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
const audited = async () => (await world.stores.audit.list('s1', { limit: 1 }))[0];

type Cell = string | number | null;

async function xlsxOf(rows: readonly (readonly Cell[])[], sheet = '业主'): Promise<string> {
  const data = rows.map((row) => row.map((value) => (value === null ? null : { value })));
  const sheets = [
    { data: [[{ value: 'nothing here' }]], sheet: 'notes' },
    { data, sheet },
  ];
  return (await writeXlsxFile(sheets).toBuffer()).toString('base64');
}

describe('a list in XLSX', () => {
  it('is read from the sheet that is named; telephones keep their digits, names typed as numbers are pointed at', async () => {
    const xlsx = await xlsxOf([
      ['房号 / premises', '楼栋', '业主姓名', '业主电话'],
      ['0101', '7', '赵一', 13800001234],
      [null, null, null, null],
      [102, '7', '钱二', '13800001235'],
    ]);
    const tried = await post('/import?dryRun=true', { xlsx, sheet: '业主', countryCode: '+86' });
    expect(tried.json()).toMatchObject({
      applied: false,
      rows: 2,
      premises: { added: ['0101', '102'] },
      sheets: ['notes', '业主'],
      sheet: '业主',
      warnings: [{ row: 4, column: 'premises', code: 'number_cell' }],
    });
    await post('/import', { xlsx, sheet: '业主', countryCode: '+86' });
    const { premises } = (await world.stores.sites.get('s1'))?.site ?? { premises: [] };
    expect(premises.find(({ id }) => id === '0101')?.owner?.phone).toBe('+8613800001234');
  });

  it('is refused with the reason when it is none, has no such sheet, or unpacks to too much', async () => {
    const codeOf = async (payload: object) => (await post('/import', payload)).json().errors?.[0];
    expect(await codeOf({ xlsx: Buffer.from('hello there').toString('base64') })).toEqual({
      path: '/body/xlsx',
      code: 'not_a_spreadsheet',
    });
    const xlsx = await xlsxOf([['premises'], ['1']]);
    expect(await codeOf({ xlsx, sheet: 'other' })).toEqual({ path: '/body/sheet', code: 'no_such_sheet' });
    expect(await codeOf({ xlsx: bomb() })).toEqual({ path: '/body/xlsx', code: 'too_large' });
    expect(await codeOf({ xlsx, csv: 'premises\n1\n' })).toEqual({ path: '/body', code: 'csv_or_xlsx' });
  });

  it('of 500 premises takes seconds', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => [`x-${n}`, '7', `业主${n}`, 13900010000 + n]);
    const xlsx = await xlsxOf([['房号', '楼栋', '业主姓名', '业主电话'], ...rows]);
    const started = Date.now();
    const answer = await post('/import', { xlsx, sheet: '业主', countryCode: '+86' });
    expect(answer.json()).toMatchObject({ applied: true, rows: 500 });
    expect(Date.now() - started).toBeLessThan(60_000);
  });
});

/** A ZIP whose directory says that its one entry is small, and which unpacks to 64 MB. */
function bomb(): string {
  const packed = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(100, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(100, 24);
  entry.writeUInt16LE(name.length, 28);
  const body = Buffer.concat([local, name, packed]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, entry, name, end]).toString('base64');
}

describe('a template', () => {
  it('says its headings in both languages, and its examples are passed over', async () => {
    const template = await get('/import/template');
    expect(template.headers['content-type']).toContain('text/csv');
    expect(template.body).toContain('房号 / premises');
    expect((await post('/import', { csv: template.body })).json()).toMatchObject({
      errors: [{ code: 'no_rows' }],
    });
    const filled = `${template.body}7-0909,7,9\r\n`;
    expect((await post('/import?dryRun=true', { csv: filled })).json()).toMatchObject({
      rows: 1,
      premises: { added: ['7-0909'] },
    });
    expect((await get('/staff/import/template')).body).toContain('工号 / id');
  });
});

describe('an export', () => {
  it('is on the record, and taken back by the import changes nothing', async () => {
    const file = await get('/people/export');
    expect(file.body).toContain(PHONE);
    expect(await audited()).toMatchObject({ action: 'person.export', subject: 's1' });
    expect((await post('/import?dryRun=true', { csv: file.body })).json()).toMatchObject({
      premises: { added: [], changed: [], removed: [] },
      devices: { added: [], changed: [], removed: [] },
    });
    const auditor = await world.hire('auditor', ['s1']);
    expect((await get('/people/export', auditor)).json()).toMatchObject({ code: 'forbidden' });
  });
});

describe('a list of staff', () => {
  const csv = '工号,姓名,电话,技能\ne-7,张工,13900000071,hv lift\ne-8,李工,13900000072,\n';

  it('says the difference, is taken as a whole, and shows no telephone', async () => {
    const tried = await post('/staff/import?dryRun=true', { csv, countryCode: '+86' });
    expect(tried.json()).toMatchObject({ applied: false, added: ['e-7', 'e-8'], changed: [] });
    expect((await world.stores.staff.list('s1')).some(({ id }) => id === 'e-7')).toBe(false);
    await post('/staff/import', { csv, countryCode: '+86' });
    expect(await audited()).toMatchObject({ action: 'staff.import', detail: { added: 2, changed: 0 } });
    const again = await post('/staff/import', { csv: 'id,skills\ne-7,-\ne-8,\n' });
    expect(again.json()).toMatchObject({ changed: [{ id: 'e-7', fields: ['skills'] }], unchanged: 1 });
    expect((await get('/staff')).body).not.toContain('13900000071');
  });

  it('with faults changes nothing and names each', async () => {
    const bad = 'id,name,phone\ne-9,,+8613900000073\ne-7,,+8613900000072\n a b,x,1\n';
    expect((await post('/staff/import', { csv: bad })).json().errors).toEqual([
      { path: '/rows/2/name', code: 'missing' },
      { path: '/rows/4/id', code: 'not_an_id' },
      { path: '/rows/3/phone', code: 'phone_taken' },
    ]);
  });
});

describe('erasing a person', () => {
  it('shows what goes, takes it, and every chain still holds', async () => {
    const [found] = await world.stores.people.list('s1', { phone: PHONE, limit: 1 });
    const path = `/people/${found?.id}/erasure`;
    await post(`/people/${found?.id}/opt-out`, { optedOut: true, evidence: '电话要求退订' });
    expect((await get(path)).json()).toMatchObject({ erased: false, premises: [{ premises: '1' }] });
    expect((await post(path, { reason: ' ' })).json()).toMatchObject({ code: 'invalid_request' });
    expect((await post(path, { reason: `${OWNER} asked for it` })).json()).toMatchObject({ erased: true });
    expect(await audited()).toMatchObject({ action: 'person.erase', subject: found?.id });
    const shown = [
      await get(`/people/${found?.id}?unmask=true`),
      await get('/audit'),
      await get('/people/export'),
    ];
    for (const { body } of shown) {
      expect(body).not.toContain(OWNER);
      expect(body).not.toContain(PHONE.slice(-8));
    }
    expect(await world.stores.audit.verify('s1')).toBeNull();
    expect((await post('/people/nobody/erasure', { reason: 'x' })).json()).toMatchObject({
      code: 'unknown_person',
    });
  });
});
