import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readCsv } from '../../contracts/premises-import/csv.ts';
import { planImport } from '../../contracts/premises-import/plan.ts';
import { PLAIN_PROFILE } from '../../core/people/profile.ts';

const FILE = {
  site: { id: 's1', timeZone: 'Asia/Shanghai', currency: 'CNY', note: 'kept' },
  nodes: [
    { id: 'U', kind: 'feed' },
    { id: 'u-1', kind: 'unit', fedBy: 'U', premises: '101' },
    { id: 'u-2', kind: 'unit', fedBy: 'U' },
  ],
  devices: [{ id: 'm-1', node: 'u-1' }],
  premises: [{ id: '101', area_m2: '98.4', owner: { name: '王芳', phone: '+8613800000001', wechat: 'w' } }],
};

function plan(csv: string, countryCode?: string) {
  const read = readCsv(csv);
  if ('fault' in read) throw new Error(read.fault);
  return planImport(read.rows, FILE, new Map(), countryCode);
}
function taken(csv: string, countryCode?: string) {
  const outcome = plan(csv, countryCode);
  if ('faults' in outcome) throw new Error(JSON.stringify(outcome.faults));
  return outcome;
}
const faultsOf = (csv: string): readonly string[] => {
  const outcome = plan(csv);
  return 'faults' in outcome ? outcome.faults.map(({ row, column, code }) => `${row} ${column} ${code}`) : [];
};

describe('a CSV', () => {
  const cell = fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\r', ''));
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

  it('gives back what was written, whatever stands in the cells', () => {
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, newline, mark) => {
        const kept = rows.filter((row) => row.some((one) => one.trim() !== ''));
        // The first line tells the separator; a plain heading row leaves no doubt about it.
        const heading = rows[0]?.map((_, i) => `h${i}`) ?? [];
        const lines = [heading, ...rows].map((row) => row.map(quoted).join(','));
        expect(readCsv(`${mark ? '\uFEFF' : ''}${lines.join(newline)}`)).toEqual({
          rows: [heading, ...kept],
        });
      }),
    );
  });

  test.for<[string, readonly (readonly string[])[]]>([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a;b\r\n1,5;2',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'a\tb\n1\t',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      'a,b,\n,,\n1,,3',
      [
        ['a', 'b', ''],
        ['1', '', '3'],
      ],
    ],
  ])('%j is %j', ([text, rows]) => expect(readCsv(text)).toEqual({ rows }));

  it('with a quote left open or astray is refused, with its line', () => {
    expect(readCsv('a,b\n1,"2')).toEqual({ fault: 'quote_open', line: 2 });
    expect(readCsv('a\n1"2')).toEqual({ fault: 'quote_misplaced', line: 2 });
    expect(readCsv('a\n"1"2')).toEqual({ fault: 'quote_misplaced', line: 2 });
  });
});

describe('a list', () => {
  it('adds premises, people and meters, and leaves alone what it does not speak of', () => {
    const { file, site, profiles } = taken(
      '房号,楼栋,楼层,面积,业主姓名,业主电话,免打扰,医疗设备,户节点,电表\n102,7,1,60.5,李娜,+86 139-0000-0002,22:00-7:00,是,u-2,m-2\n',
    );
    expect(file).toMatchObject({
      site: { note: 'kept' },
      premises: [{ id: '101', owner: { wechat: 'w' } }, { id: '102' }],
    });
    expect(site.premises[1]).toEqual({
      id: '102',
      building: '7',
      floor: 1,
      area_m2: '60.5',
      class: 'residential',
      owner: { name: '李娜', phone: '+8613900000002', language: 'zh-CN' },
      occupant: null,
    });
    expect(site.nodes.find(({ id }) => id === 'u-2')?.premises).toBe('102');
    expect(site.devices).toMatchObject([{ id: 'm-1' }, { id: 'm-2', node: 'u-2', profile: 'native' }]);
    expect(profiles).toEqual([
      {
        phone: '+8613900000002',
        profile: { ...PLAIN_PROFILE, quiet: { from: '22:00', to: '07:00' }, medicalDevice: true },
      },
    ]);
  });

  it('changes the owner of premises, and keeps what the file says of one who stays', () => {
    const stays = taken('premises,owner_phone,owner_name\n101,+8613800000001,王芳芳\n');
    expect(stays.file).toMatchObject({ premises: [{ owner: { name: '王芳芳', wechat: 'w' } }] });
    const moves = taken('premises,owner_phone,owner_name\n101,13800000009,张伟\n', '+86');
    expect(moves.site.premises[0]?.owner).toEqual({
      name: '张伟',
      phone: '+8613800000009',
      language: 'zh-CN',
    });
    expect(JSON.stringify(moves.file)).not.toContain('wechat');
    expect(taken('premises,owner_phone\n101,-\n').site.premises[0]?.owner).toBeNull();
  });

  it.each<[string, readonly string[]]>([
    ['room\n1', ['1 room unknown_column', '1 premises missing_column']],
    ['premises,premises\n1,1', ['1 premises repeated_column']],
    ['premises', ['2 premises no_rows']],
    [
      'premises,floor\n1,ground\n,2\n1,3',
      ['2 floor not_a_number', '3 premises missing', '4 premises repeated'],
    ],
    ['premises,owner_name\n1,王', ['2 owner_phone missing']],
    ['premises,owner_phone\n1,13800000001', ['2 owner_phone country_code_missing']],
    ['premises,owner_phone\n1,+86x', ['2 owner_phone not_a_phone']],
    [
      'premises,owner_phone,owner_name\n1,+8613800000001,A\n2,+8613800000001,B',
      ['3 owner_name same_phone_other_name'],
    ],
    [
      'premises,unit\n1,u-9\n2,U\n3,u-1',
      ['2 unit unknown_node', '3 unit not_a_unit', '4 unit unit_of_other_premises'],
    ],
    ['premises,meter\n1,m-9', ['2 unit missing']],
    ['premises,area_m2\n1,big', ['2 area_m2 wrong_form']],
    [
      'premises,owner_phone,owner_quiet,owner_medical,owner_channels\n1,+8613800000001,always,maybe,pigeon',
      ['2 owner_channels unknown_channel', '2 owner_quiet not_a_time_range', '2 owner_medical not_yes_or_no'],
    ],
  ])('%j is refused whole, for %j', (csv, faults) => {
    expect(faultsOf(csv)).toEqual(faults);
  });

  it('taken twice changes nothing the second time', () => {
    const csv = 'premises,owner_phone,owner_name,unit,meter\n102,+8613900000002,李娜,u-2,m-2\n';
    const first = taken(csv);
    const read = readCsv(csv);
    const again = 'rows' in read ? planImport(read.rows, first.file, new Map()) : null;
    expect(again).toMatchObject({ file: first.file });
  });
});
