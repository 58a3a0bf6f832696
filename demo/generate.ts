import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createChance } from '../simulators/chance.ts';
import { createPeople } from './people.ts';

type Entry = Readonly<Record<string, unknown>>;

interface Entrance {
  readonly building: string;
  /** `7B`: building and entrance; `1` where a building has only one. */
  readonly key: string;
  readonly title: string;
  readonly floors: number;
  readonly busbar: 'LV1' | 'LV2';
}

const UNITS_PER_FLOOR = 3;
const FLOORS_PER_PANEL = 3;
/** Square metres of the flats left, middle and right of the lift. */
const AREAS = ['118.6', '89.4', '98.4'];
const PHASES = ['A', 'B', 'C'];
const MODBUS = 'modbus://127.0.0.1:5502';

const entrances: readonly Entrance[] = [
  entrance('1', '', 18, 'LV1'),
  entrance('2', '', 18, 'LV1'),
  entrance('3', 'A', 15, 'LV1'),
  entrance('3', 'B', 15, 'LV1'),
  entrance('4', '', 18, 'LV1'),
  entrance('5', '', 18, 'LV2'),
  entrance('6', '', 18, 'LV2'),
  entrance('7', 'A', 15, 'LV2'),
  entrance('7', 'B', 15, 'LV2'),
  entrance('8', '', 18, 'LV2'),
];

/** The demo site: the same file every time. */
export function generateDemoSite(): string {
  const parts = [switchRoom(), emergency(), shops(), ...entrances.map(riser)];
  const people = createPeople(createChance('yunqi people'));
  const premises = parts
    .flatMap(({ premises: own = [] }) => own)
    .map((entry) => ({ ...entry, ...people.next(String(entry.class)) }));
  return format({
    site: {
      id: 'yunqi',
      name: '云栖花园',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 220,
      simulated: true,
      schemes: [{ id: 'property-fee', from: '2024-01-01', parameters: { rate: '2.80' } }],
    },
    nodes: parts.flatMap(({ nodes }) => nodes),
    ties: [{ id: 'TIE', ends: ['LV1', 'LV2'], closed: false }],
    transfers: [{ id: 'ATS1', node: 'EMDB', normal: 'LV1', alternate: 'G1' }],
    gateways: parts.flatMap(({ gateways = [] }) => gateways),
    devices: parts.flatMap(({ devices }) => devices),
    premises,
  });
}

interface Part {
  readonly nodes: readonly Entry[];
  readonly devices: readonly Entry[];
  readonly gateways?: readonly Entry[];
  readonly premises?: readonly Entry[];
}

function switchRoom(): Part {
  const halves = ['1', '2'].map((n) => ({
    nodes: [
      {
        id: `QH${n}`,
        kind: 'breaker',
        name: `${n}# 变压器高压柜`,
        fedBy: 'HV',
        nominal_v: 5774,
        rating_a: 100,
      },
      { id: `TX${n}`, kind: 'transformer', name: `${n}# 变压器 800 kVA`, fedBy: `QH${n}` },
      { id: `QL${n}`, kind: 'breaker', name: `${n}# 低压进线柜`, fedBy: `TX${n}`, rating_a: 1250 },
      { id: `LV${n}`, kind: 'board', name: `低压 ${n} 段母线`, fedBy: `QL${n}`, rating_a: 1250 },
    ],
    devices: [
      {
        id: `q-QL${n}`,
        profile: 'adl400',
        node: `QL${n}`,
        side: 'in',
        interval_s: 15,
        address: `${MODBUS}/${n}`,
        poweredBy: 'UPS1',
      },
      analyser(`LV${n}`, 'out'),
    ],
  }));
  return {
    nodes: [
      { id: 'U', kind: 'feed', name: '10 kV 城北线', nominal_v: 5774 },
      { id: 'HV', kind: 'board', name: '10 kV 配电室', fedBy: 'U', nominal_v: 5774 },
      ...halves.flatMap(({ nodes }) => nodes),
    ],
    devices: [analyser('HV', 'in'), ...halves.flatMap(({ devices }) => devices)],
    gateways: [{ id: 'GW-0', poweredBy: 'UPS1' }],
  };
}

function emergency(): Part {
  return {
    nodes: [
      { id: 'G1', kind: 'generator', name: '柴油发电机 400 kW', rating_a: 720 },
      { id: 'EMDB', kind: 'board', name: '应急母线', fedBy: 'LV1', rating_a: 630 },
      { id: 'UPS1', kind: 'ups', name: '监控中心 UPS', fedBy: 'EMDB', rating_a: 60 },
      { id: 'control-room', kind: 'unit', name: '监控中心', fedBy: 'UPS1', phases: 'A' },
      { id: 'E-PUMP', kind: 'breaker', name: '水泵房', fedBy: 'EMDB', rating_a: 200 },
      { id: 'pump-1', kind: 'unit', name: '1# 生活水泵', fedBy: 'E-PUMP' },
      { id: 'pump-2', kind: 'unit', name: '2# 生活水泵', fedBy: 'E-PUMP' },
      { id: 'fire-pump', kind: 'unit', name: '消防水泵', fedBy: 'E-PUMP' },
    ],
    devices: [
      analyser('EMDB', 'out'),
      { id: 'g-G1', profile: 'native', node: 'G1', via: 'GW-0', interval_s: 10, poweredBy: 'UPS1' },
      { id: 'ups-UPS1', profile: 'native', node: 'UPS1', via: 'GW-0', interval_s: 10, poweredBy: 'UPS1' },
      ...['pump-1', 'pump-2', 'fire-pump'].map((node, i) => ({
        id: `m-${node}`,
        profile: 'sdm630',
        node,
        interval_s: 15,
        address: `${MODBUS}/${11 + i}`,
      })),
    ],
  };
}

/** Twelve shops on the street side of buildings 1 and 2, on a board of their own. */
function shops(): Part {
  const numbers = Array.from({ length: 12 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`);
  return {
    nodes: [
      { id: 'R-S', kind: 'breaker', name: '商铺总开关', fedBy: 'LV1', rating_a: 250, building: '商铺' },
      ...numbers.map((n, i) => ({
        id: `u-${n}`,
        kind: 'unit',
        fedBy: 'R-S',
        phases: PHASES[i % 3],
        premises: n,
        building: '商铺',
        floor: 1,
      })),
    ],
    devices: [
      analyser('R-S', 'in'),
      ...numbers.map((n, i) =>
        i < 4
          ? {
              id: `m-${n}`,
              profile: 'sdm120',
              node: `u-${n}`,
              interval_s: 15,
              address: `${MODBUS}/${21 + i}`,
            }
          : { id: `m-${n}`, profile: 'native', node: `u-${n}`, via: 'GW-1', interval_s: 30 },
      ),
    ],
    premises: numbers.map((n, i) => ({
      id: n,
      building: '商铺',
      floor: 1,
      area_m2: `${48 + i * 6}.5`,
      class: 'commercial',
    })),
  };
}

function riser(place: Entrance): Part {
  const { key, title, building, busbar, floors } = place;
  const flats = Array.from({ length: floors * UNITS_PER_FLOOR }, (_, i) => flat(place, i));
  const panels = Array.from({ length: floors / FLOORS_PER_PANEL }, (_, i) => {
    const from = i * FLOORS_PER_PANEL + 1;
    const name = `${title} ${from}–${from + FLOORS_PER_PANEL - 1} 层配电箱`;
    return {
      id: panelId(key, from),
      kind: 'breaker',
      name,
      fedBy: `R-${key}`,
      rating_a: 100,
      building,
      floor: from,
    };
  });
  // Building 5 was wired in a hurry: its gateway hangs on a floor panel and dies with it.
  const supply = key === '5' ? panelId(key, 1) : `E-${key}`;
  return {
    nodes: [
      { id: `R-${key}`, kind: 'breaker', name: `${title}干线`, fedBy: busbar, rating_a: 250, building },
      ...panels,
      ...flats.map(({ node }) => node),
      { id: `E-${key}`, kind: 'breaker', name: `${title}应急干线`, fedBy: 'EMDB', rating_a: 63, building },
      { id: `lift-${key}`, kind: 'unit', name: `${title}电梯`, fedBy: `E-${key}`, building },
      {
        id: `light-${key}`,
        kind: 'unit',
        name: `${title}楼道照明`,
        fedBy: `E-${key}`,
        phases: 'A',
        building,
      },
    ],
    gateways: [{ id: `GW-${key}`, poweredBy: supply }],
    devices: [
      analyser(`R-${key}`, 'in'),
      ...flats.map(({ device }) => device),
      { id: `m-lift-${key}`, profile: 'native', node: `lift-${key}`, via: `GW-${key}`, interval_s: 30 },
      { id: `m-light-${key}`, profile: 'native', node: `light-${key}`, via: `GW-${key}`, interval_s: 60 },
    ],
    premises: flats.map(({ premises }) => premises),
  };
}

function flat({ key, building }: Entrance, i: number) {
  const floor = Math.floor(i / UNITS_PER_FLOOR) + 1;
  const door = (i % UNITS_PER_FLOOR) + 1;
  const name = `${key}-${String(floor).padStart(2, '0')}${String(door).padStart(2, '0')}`;
  const panel = panelId(key, floor - ((floor - 1) % FLOORS_PER_PANEL));
  // Shifted from floor to floor, so that no phase always gets the largest flats.
  const phases = PHASES[(floor + door) % 3];
  return {
    node: { id: `u-${name}`, kind: 'unit', fedBy: panel, phases, premises: name, building, floor },
    device: { id: `m-${name}`, profile: 'native', node: `u-${name}`, via: `GW-${key}`, interval_s: 60 },
    premises: { id: name, building, floor, area_m2: AREAS[door - 1], class: 'residential' },
  };
}

/** Three phases measured in the switch room, on the UPS: it goes on talking when its board is dark. */
function analyser(node: string, side: 'in' | 'out'): Entry {
  return { id: `a-${node}`, profile: 'native', node, side, via: 'GW-0', interval_s: 10, poweredBy: 'UPS1' };
}

function entrance(building: string, letter: string, floors: number, busbar: 'LV1' | 'LV2'): Entrance {
  const title = letter === '' ? `${building} 栋` : `${building} 栋 ${letter} 单元`;
  return { building, key: `${building}${letter}`, title, floors, busbar };
}

function panelId(key: string, floor: number): string {
  return `F-${key}-${String(floor).padStart(2, '0')}`;
}

/** One entry a line: a person can read it and a diff stays small. */
function format(file: Readonly<Record<string, unknown>>): string {
  const sections = Object.entries(file).map(([key, value]) => {
    if (!Array.isArray(value))
      return `  "${key}": ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}`;
    return `  "${key}": [\n${value.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL('demo.site.json', import.meta.url)), generateDemoSite());
}
