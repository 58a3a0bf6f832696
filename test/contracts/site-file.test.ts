import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSite } from '../../contracts/site-file.ts';

/** The adversarial site of the detection tests: two transformers, a tie, an ATS, gateways on both sides. */
function validSite() {
  return {
    site: {
      id: 'jinwen',
      name: '金文大厦',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      schemes: [
        { id: 'property-fee', from: '2026-01-01', parameters: { share: '12.5 %', tiers: [{ from_h: 4 }] } },
      ],
    },
    nodes: [
      { id: 'U', kind: 'feed', name: '10 kV 城北线' },
      { id: 'TX1', kind: 'transformer', fedBy: 'U' },
      { id: 'MDB-A', kind: 'board', fedBy: 'TX1' },
      { id: 'TX2', kind: 'transformer', fedBy: 'U' },
      { id: 'MDB-B', kind: 'board', fedBy: 'TX2' },
      { id: 'G1', kind: 'generator' },
      { id: 'EMDB', kind: 'board', fedBy: 'MDB-A' },
      { id: 'R1', kind: 'breaker', fedBy: 'MDB-A', rating_a: 250, building: '7' },
      { id: 'u-1201', kind: 'unit', fedBy: 'R1', phases: 'A', premises: '1201' },
      { id: 'lift', kind: 'unit', fedBy: 'EMDB' },
    ],
    ties: [{ id: 'TIE', ends: ['MDB-A', 'MDB-B'], closed: false }],
    transfers: [{ id: 'ATS1', node: 'EMDB', normal: 'MDB-A', alternate: 'G1' }],
    gateways: [
      { id: 'GW1', poweredBy: 'R1', via: null },
      { id: 'GW2', via: 'GW1' },
    ],
    devices: [{ id: 'm-1201', profile: 'native', node: 'u-1201', via: 'GW2', interval_s: 60 }],
    premises: [
      {
        id: '1201',
        building: '7',
        floor: 12,
        area_m2: '98.4',
        owner: { name: '张三', phone: '+8619900000001' },
      },
    ],
  };
}

function accepted(file: unknown) {
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed;
}

function faultsOf(file: unknown): string[] {
  const parsed = parseSite(file);
  return 'faults' in parsed ? parsed.faults.map(({ path, code }) => `${code} ${path}`) : [];
}

/** A copy of the valid file with values put at JSON pointers; `-` appends, undefined removes. */
function withChange(changes: Readonly<Record<string, unknown>>): unknown {
  const file = validSite();
  for (const [pointer, value] of Object.entries(changes)) put(file, pointer.slice(1).split('/'), value);
  return file;
}

describe('a site file', () => {
  it('comes back with every default filled in', () => {
    const { site, warnings } = accepted(validSite());
    expect(warnings).toEqual([]);
    expect(site.nodes[0]).toEqual({
      id: 'U',
      kind: 'feed',
      name: '10 kV 城北线',
      fedBy: null,
      phases: 'ABC',
      nominal_v: 230,
    });
    expect(site.devices[0]).toEqual({
      id: 'm-1201',
      profile: 'native',
      node: 'u-1201',
      side: 'out',
      phases: 'A',
      via: 'GW2',
      interval_s: 60,
      address: null,
      poweredBy: 'u-1201',
      backfeed: false,
      inService: true,
    });
    expect(site.premises[0]).toMatchObject({
      class: 'residential',
      area_m2: '98.4',
      occupant: null,
      owner: { language: 'zh-CN' },
    });
    expect(site.site.detection.closeHold_s).toBe(60);
    expect(site.site.simulated).toBe(false);
  });

  it('keeps a given nominal voltage apart from the default of the site', () => {
    const { site } = accepted(withChange({ '/site/nominal_v': 220, '/nodes/1/nominal_v': 5774 }));
    expect(site.nodes.slice(0, 2).map((n) => n.nominal_v)).toEqual([220, 5774]);
  });

  it('takes the normal side of a transfer for a missing fedBy, and says so', () => {
    const { site, warnings } = accepted(withChange({ '/nodes/6/fedBy': undefined }));
    expect(site.nodes[6]?.fedBy).toBe('MDB-A');
    expect(warnings.map((w) => w.code)).toEqual(['filled_from_transfer']);
  });

  it('is kept with unknown keys, each drawing one warning', () => {
    const tagged = validSite().nodes.map((node) => ({ ...node, 'vendor/tag': 1 }));
    const { site, warnings } = accepted(
      withChange({
        '/source': 'survey',
        '/nodes': tagged,
        '/site/detection': { gaspHold_s: 6, gasphold: 7 },
      }),
    );
    expect(warnings.map((w) => `${w.code} ${w.path}`)).toEqual([
      'unknown_key /source',
      'unknown_key /site/detection/gasphold',
      'unknown_key /nodes/0/vendor~1tag',
    ]);
    expect(site.site.detection.gaspHold_s).toBe(6);
  });

  it('warns of a profile that is not at hand', () => {
    const parsed = parseSite(validSite(), new Set(['sdm630']));
    expect('site' in parsed && parsed.warnings.map((w) => w.code)).toEqual(['unknown_profile']);
  });

  it.for<[name: string, changes: Readonly<Record<string, unknown>>, faults: string[]]>([
    ['no site', { '/site': undefined }, ['missing /site']],
    [
      'no nodes',
      { '/nodes': undefined, '/ties': [], '/transfers': [], '/gateways': [], '/devices': [] },
      ['missing /nodes'],
    ],
    ['a section that is no list', { '/ties': {} }, ['wrong_type /ties']],
    ['a bad id', { '/nodes/9/id': 'a b' }, ['wrong_form /nodes/9/id']],
    ['an unknown kind', { '/nodes/9/kind': 'lamp' }, ['not_allowed /nodes/9/kind']],
    ['a duplicate node', { '/nodes/-': { id: 'U', kind: 'feed' } }, ['duplicate_id /nodes/10/id']],
    ['a gateway named like a node', { '/gateways/-': { id: 'U' } }, ['duplicate_id /gateways/2/id']],
    ['duplicate premises', { '/premises/-': { id: '1201' } }, ['duplicate_id /premises/1/id']],
    ['a duplicate device', { '/devices/-': { id: 'm-1201', node: 'lift' } }, ['duplicate_id /devices/1/id']],
    ['an unknown supply', { '/nodes/9/fedBy': 'X' }, ['unknown_reference /nodes/9/fedBy']],
    ['unknown premises', { '/nodes/9/premises': 'X' }, ['unknown_reference /nodes/9/premises']],
    [
      'a device nowhere',
      { '/devices/0/node': 'X', '/devices/0/via': 'Y', '/devices/0/poweredBy': 'Z' },
      [
        'unknown_reference /devices/0/node',
        'unknown_reference /devices/0/via',
        'unknown_reference /devices/0/poweredBy',
      ],
    ],
    [
      'a gateway hanging in the air',
      { '/gateways/0/poweredBy': 'X', '/gateways/0/via': 'Y' },
      ['unknown_reference /gateways/0/poweredBy', 'unknown_reference /gateways/0/via'],
    ],
    ['a unit that nothing feeds', { '/nodes/8/fedBy': null }, ['not_fed /nodes/8/fedBy']],
    ['a supply loop', { '/nodes/1/fedBy': 'R1' }, ['loop /nodes/1/fedBy']],
    ['a node feeding itself', { '/nodes/7/fedBy': 'R1' }, ['loop /nodes/7/fedBy']],
    ['a loop over a closed tie', { '/ties/0/closed': true }, ['loop /ties/0/closed']],
    ['a tie to itself', { '/ties/0/ends': ['U', 'U'] }, ['tie_ends /ties/0/ends']],
    ['a tie with one end', { '/ties/0/ends': ['U'] }, ['wrong_form /ties/0/ends']],
    [
      'a transfer to nowhere',
      { '/transfers/0/alternate': 'X' },
      ['unknown_reference /transfers/0/alternate'],
    ],
    [
      'a transfer with the wrong normal side',
      { '/transfers/0/normal': 'MDB-B' },
      ['transfer_normal /transfers/0/normal'],
    ],
    ['a transfer back from below', { '/transfers/0/alternate': 'lift' }, ['loop /transfers/0/alternate']],
    [
      'two transfers before one node',
      { '/transfers/-': { id: 'ATS2', node: 'EMDB', normal: 'MDB-A', alternate: 'G1' } },
      ['transfer_node /transfers/1/node'],
    ],
    ['gateways in a circle', { '/gateways/0/via': 'GW2' }, ['loop /gateways/0/via']],
    ['a phase the supply lacks', { '/nodes/7/phases': 'BC' }, ['phases_not_available /nodes/8/phases']],
    [
      'a device on more phases than its node',
      { '/devices/0/phases': 'AB' },
      ['phases_not_available /devices/0/phases'],
    ],
    [
      'a bad Modbus address',
      { '/devices/0/address': 'modbus://host/999' },
      ['bad_address /devices/0/address'],
    ],
    ['a topic with a wildcard', { '/devices/0/address': 'shelly/#' }, ['bad_address /devices/0/address']],
    ['an unknown time zone', { '/site/timeZone': 'Asia/Nowhere' }, ['unknown_time_zone /site/timeZone']],
    ['a site that names a folder', { '/site/id': '..' }, ['reserved_id /site/id']],
    [
      'a scheme on February 30',
      { '/site/schemes': [{ id: 's', from: '2026-02-30' }] },
      ['bad_date /site/schemes/0/from'],
    ],
    [
      'a scheme twice on a day',
      {
        '/site/schemes': [
          { id: 's', from: '2026-02-28' },
          { id: 's', from: '2026-02-28' },
        ],
      },
      ['duplicate_scheme /site/schemes/1'],
    ],
    [
      'a rate as a binary number',
      { '/site/schemes': [{ id: 's', from: '2026-02-28', parameters: { a: [{ 'b/c': 2.8 }] } }] },
      ['decimal_string /site/schemes/0/parameters/a/0/b~1c'],
    ],
    ['an area as a number', { '/premises/0/area_m2': 98.4 }, ['wrong_type /premises/0/area_m2']],
    [
      'a phone in a local form',
      { '/premises/0/owner': { phone: '138 0000' } },
      ['wrong_form /premises/0/owner/phone'],
    ],
  ])('is refused with %s', ([, changes, faults]) => {
    expect(faultsOf(withChange(changes))).toEqual(faults);
  });

  it('is refused with all its faults at once, blaming nobody for an entry refused for its shape', () => {
    const broken = {
      id: 'm-1201',
      node: 'lift',
      interval_s: -1,
      side: 'up',
      phases: 'X',
      backfeed: 3,
      inService: 1,
      address: 4,
      profile: 3,
      via: 4,
      poweredBy: 5,
    };
    const found = faultsOf(
      withChange({
        '/site/timeZone': 'X',
        '/nodes/2/kind': 'lamp',
        '/nodes/8/fedBy': 'X',
        '/devices/-': broken,
      }),
    );
    const expected = [
      'unknown_time_zone /site/timeZone',
      'not_allowed /nodes/2/kind',
      'unknown_reference /nodes/8/fedBy',
      'duplicate_id /devices/1/id',
      'out_of_range /devices/1/interval_s',
      ...['side', 'phases'].map((key) => `not_allowed /devices/1/${key}`),
      ...['backfeed', 'inService', 'address', 'profile', 'via', 'poweredBy'].map(
        (key) => `wrong_type /devices/1/${key}`,
      ),
    ];
    expect(found).toHaveLength(expected.length);
    expect(new Set(found)).toEqual(new Set(expected));
  });

  it('is accepted or refused with a message, never an exception, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
        const parsed = parseSite(json);
        expect('site' in parsed || parsed.faults.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is accepted or refused with a message, wherever a valid file is mutated', () => {
    const paths = leavesOf(validSite());
    const change = fc.tuple(
      fc.constantFrom(...paths),
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.constantFrom('U', 'R1', 'GW1', 'A', '__proto__', 1e308, -1, null),
      ),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const file = validSite();
        for (const [path, value] of changes) put(file, path, value);
        const parsed = parseSite(file);
        if ('site' in parsed) expect(parsed.site.site.id).not.toBe('');
        else {
          expect(parsed.faults.length).toBeGreaterThan(0);
          for (const fault of parsed.faults) expect(fault.message).not.toBe('');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('may nest its parameters 50,000 deep without felling the reader', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = i % 2 === 0 ? [deep] : { a: deep };
    expect(
      faultsOf(withChange({ '/site/schemes': [{ id: 's', from: '2026-01-01', parameters: { deep } }] })),
    ).toEqual(['too_many_parameters /site/schemes/0/parameters']);
    expect(faultsOf(deep).length).toBeGreaterThan(0);
    expect(faultsOf({ site: deep, nodes: deep }).length).toBeGreaterThan(0);
  });

  it('is read in linear time: 100,000 nodes in one chain, sound or each at fault', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => ({
      id: `n${i}`,
      kind: i === 99_999 ? 'unit' : 'junction',
      fedBy: i === 0 ? null : `n${i - 1}`,
    }));
    Object.assign(nodes[0] ?? {}, { kind: 'feed' });
    const devices = Array.from({ length: 100_000 }, (_, i) => ({
      id: `m${i}`,
      profile: 'native',
      node: `n${i}`,
    }));
    const started = performance.now();
    expect(faultsOf({ site: { id: 's' }, nodes, devices })).toEqual([]);
    const broken = nodes.slice(0, 20_000).map((node) => ({ ...node, kind: 'lamp' }));
    expect(faultsOf({ site: { id: 's' }, nodes: broken })).toHaveLength(20_000);
    const ring = nodes.map((node, i) => ({ ...node, fedBy: `n${(i + 99_999) % 100_000}` }));
    expect(faultsOf({ site: { id: 's' }, nodes: ring })).toEqual(['loop /nodes/0/fedBy']);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

const networks = new URL('../../../shared/data/networks/', import.meta.url);
describe.skipIf(!existsSync(networks))(
  `real networks${existsSync(networks) ? '' : ' (skipped: ../shared/data/networks is not here)'}`,
  () => {
    const files = existsSync(networks)
      ? readdirSync(networks).filter((name) => name.endsWith('.site.json'))
      : [];
    it.for(files)('%s is accepted', (name) => {
      const json: unknown = JSON.parse(readFileSync(new URL(name, networks), 'utf8'));
      const parsed = parseSite(json);
      if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 10)));
      expect(parsed.site.nodes.length).toBeGreaterThan(500);
      expect(parsed.warnings.map((w) => w.code)).toEqual(['unknown_key']);
    });
  },
);

type Path = readonly (string | number)[];

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))].filter(
    (p) => p.length > 0,
  );
}

function put(root: object, path: Path, value: unknown): void {
  let at: unknown = root;
  for (const key of path.slice(0, -1)) {
    if (typeof at !== 'object' || at === null) return;
    at = Reflect.get(at, key);
  }
  const last = path.at(-1) ?? '';
  if (typeof at !== 'object' || at === null) return;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last === '-' && Array.isArray(at) ? at.length : last, value);
}
