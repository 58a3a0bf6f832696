import type { TSchema } from 'typebox';
import type { Site } from '../core/topology/site.ts';
import type { Claim, Located, SiteDraft } from '../core/topology/site-draft.ts';
import { type Fault, pointerStep } from '../core/units/fault.ts';
import { compileShape, type Shape } from './shape-faults.ts';
import { fillDevice, fillFacts, fillGateway, fillNode, fillPremises, fillTie } from './site-defaults.ts';
import {
  DetectionSchema,
  DeviceSchema,
  GatewaySchema,
  NodeSchema,
  PersonSchema,
  PremisesSchema,
  SchemeChoiceSchema,
  SiteFactsSchema,
  TieSchema,
  TransferSchema,
} from './site-schema.ts';

const facts = compileShape(SiteFactsSchema);
const shapes = {
  nodes: compileShape(NodeSchema),
  ties: compileShape(TieSchema),
  transfers: compileShape(TransferSchema),
  gateways: compileShape(GatewaySchema),
  devices: compileShape(DeviceSchema),
  premises: compileShape(PremisesSchema),
};
const SECTIONS: ReadonlySet<string> = new Set(['site', ...Object.keys(shapes)]);
const detectionKeys = keysOf(DetectionSchema);
const schemeKeys = keysOf(SchemeChoiceSchema);
const personKeys = keysOf(PersonSchema);

interface Reading {
  readonly faults: Fault[];
  readonly unknown: UnknownKeys;
}

/** Reads what can be read of a site file and lists every fault of shape. */
export function readDraft(json: unknown): { draft: SiteDraft; faults: Fault[]; warnings: Fault[] } {
  const reading: Reading = { faults: [], unknown: createUnknownKeys() };
  const warnings: Fault[] = [];
  const file = isRecord(json) ? json : null;
  if (file === null) {
    reading.faults.push({
      path: '',
      code: 'wrong_type',
      message: 'a site file is a JSON object with "site" and "nodes"',
    });
  } else {
    reading.unknown.note(file, SECTIONS, '', 'the file');
  }
  const site = file === null ? null : readFacts(file.site, reading, warnings);
  const nominal_v = site?.value.nominal_v ?? 230;

  const nodes = readSection(file, 'nodes', shapes.nodes, reading);
  const ties = readSection(file, 'ties', shapes.ties, reading);
  const transfers = readSection(file, 'transfers', shapes.transfers, reading);
  const gateways = readSection(file, 'gateways', shapes.gateways, reading);
  const devices = readSection(file, 'devices', shapes.devices, reading);
  const premises = readSection(file, 'premises', shapes.premises, reading);
  for (const { path, value } of premises.entries) {
    if (value.owner) reading.unknown.note(value.owner, personKeys, `${path}/owner`, 'owner');
    if (value.occupant) reading.unknown.note(value.occupant, personKeys, `${path}/occupant`, 'occupant');
  }

  const normals = new Map(transfers.entries.map(({ value }) => [value.node, value.normal]));
  const filledNodes = nodes.entries.map(({ path, value }) => {
    const fedBy = value.fedBy ?? normals.get(value.id) ?? null;
    if (fedBy !== (value.fedBy ?? null)) {
      const message = `'${value.id}' stands behind a transfer; its normal supply '${fedBy}' is taken for its fedBy`;
      warnings.push({ path: `${path}/fedBy`, code: 'filled_from_transfer', message });
    }
    return { path, value: fillNode({ ...value, fedBy }, nominal_v) };
  });
  const phases = new Map(filledNodes.map(({ value }) => [value.id, value.phases]));
  const draft: SiteDraft = {
    facts: site,
    nodes: filledNodes,
    ties: fill(ties.entries, fillTie),
    transfers: fill(transfers.entries, ({ id, node, normal, alternate }) => ({
      id,
      node,
      normal,
      alternate,
    })),
    gateways: fill(gateways.entries, fillGateway),
    devices: fill(devices.entries, (device) => fillDevice(device, phases.get(device.node) ?? 'ABC')),
    premises: fill(premises.entries, fillPremises),
    claims: {
      nodes: nodes.claims,
      ties: ties.claims,
      transfers: transfers.claims,
      gateways: gateways.claims,
      devices: devices.claims,
      premises: premises.claims,
    },
  };
  return { draft, faults: reading.faults, warnings: [...warnings, ...reading.unknown.warnings()] };
}

function readFacts(json: unknown, reading: Reading, warnings: Fault[]): Located<Site['site']> | null {
  const path = '/site';
  if (!facts.is(json)) {
    reading.faults.push(
      ...(json === undefined
        ? [{ path, code: 'missing', message: '\'site\' is missing: at least {"id": …}' }]
        : facts.faults(json, path)),
    );
    return null;
  }
  reading.unknown.note(json, facts.keys, path, 'site');
  if (json.detection) reading.unknown.note(json.detection, detectionKeys, `${path}/detection`, 'detection');
  json.schemes?.forEach((scheme, i) => {
    reading.unknown.note(scheme, schemeKeys, `${path}/schemes/${i}`, 'scheme');
  });
  for (const [key, taken] of [['timeZone', 'Asia/Shanghai'] as const, ['currency', 'CNY'] as const]) {
    if (json[key] !== undefined) continue;
    warnings.push({
      path: `${path}/${key}`,
      code: 'default_taken',
      message: `'${key}' is not given; ${taken} is taken`,
    });
  }
  return { path, value: fillFacts(json) };
}

function readSection<T>(
  file: Readonly<Record<string, unknown>> | null,
  section: keyof typeof shapes,
  shape: Shape<T>,
  reading: Reading,
): { entries: Located<T>[]; claims: Claim[] } {
  const entries: Located<T>[] = [];
  const claims: Claim[] = [];
  const list = file?.[section];
  if (!Array.isArray(list)) {
    if (file !== null && (list !== undefined || section === 'nodes'))
      reading.faults.push(noList(section, list));
    return { entries, claims };
  }
  list.forEach((value: unknown, i) => {
    const path = `/${section}/${i}`;
    if (shape.is(value)) entries.push({ path, value });
    else reading.faults.push(...shape.faults(value, path));
    if (!isRecord(value)) return;
    reading.unknown.note(value, shape.keys, path, section);
    if (typeof value.id === 'string') claims.push({ id: value.id, path });
  });
  return { entries, claims };
}

function noList(section: string, given: unknown): Fault {
  return given === undefined
    ? { path: `/${section}`, code: 'missing', message: `'${section}' is missing` }
    : { path: `/${section}`, code: 'wrong_type', message: `'${section}' must be an array` };
}

function fill<T, U>(entries: readonly Located<T>[], filled: (value: T) => U): Located<U>[] {
  return entries.map(({ path, value }) => ({ path, value: filled(value) }));
}

interface UnknownKeys {
  note(value: object, known: ReadonlySet<string>, path: string, where: string): void;
  warnings(): Fault[];
}

/** One warning per key and kind of entry, however often it occurs: a vendor's extra column is one remark, not 100,000. */
function createUnknownKeys(): UnknownKeys {
  const found = new Map<string, { path: string; key: string; where: string; times: number }>();
  return {
    note(value, known, path, where) {
      for (const key of Object.keys(value)) {
        if (known.has(key)) continue;
        const before = found.get(`${where} ${key}`);
        if (before === undefined)
          found.set(`${where} ${key}`, { path: `${path}/${pointerStep(key)}`, key, where, times: 1 });
        else before.times += 1;
      }
    },
    warnings: () =>
      [...found.values()].map(({ path, key, where, times }) => ({
        path,
        code: 'unknown_key',
        message: `'${key}' in ${where} means nothing here and is kept as it is${times > 1 ? ` (${times} times)` : ''}`,
      })),
  };
}

function keysOf(schema: TSchema & { properties: object }): ReadonlySet<string> {
  return new Set(Object.keys(schema.properties));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
