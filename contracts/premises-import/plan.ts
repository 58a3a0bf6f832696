import { type PersonProfile, PLAIN_PROFILE } from '../../core/people/profile.ts';
import type { Site } from '../../core/topology/site.ts';
import { parseSite } from '../site-file.ts';
import { channelsIn, flagIn, languageIn, numberIn, phoneIn, quietIn, type Said } from './cells.ts';
import { type Column, columnOf } from './columns.ts';
import type { ImportFault } from './import-fault.ts';
import { isRemark } from './table.ts';

export interface ImportPlan {
  readonly site: Site;
  /** The site file with the list worked in; what the list does not speak of is as it was. */
  readonly file: unknown;
  readonly profiles: readonly { readonly phone: string; readonly profile: PersonProfile }[];
  readonly rows: number;
}

type Entry = Record<string, unknown>;
type Role = 'owner' | 'occupant';
const ROLES: readonly Role[] = ['owner', 'occupant'];
const FAULTS_MAX = 1_000;

/** The list worked into the site file, or every fault of it; half of a list is never taken. */
export function planImport(
  rows: readonly (readonly string[])[],
  file: unknown,
  known: ReadonlyMap<string, PersonProfile>,
  countryCode?: string,
): ImportPlan | { readonly faults: readonly ImportFault[] } {
  const faults: ImportFault[] = [];
  const [headings = [], ...body] = rows;
  const columns = headings.map((heading, i) => {
    const column = columnOf(heading);
    if (column === undefined)
      faults.push({ row: 1, column: heading || String(i + 1), code: 'unknown_column' });
    return column;
  });
  if (!columns.includes('premises')) faults.push({ row: 1, column: 'premises', code: 'missing_column' });
  columns.forEach((column, i) => {
    if (column !== undefined && columns.indexOf(column) !== i)
      faults.push({ row: 1, column, code: 'repeated_column' });
  });
  if (faults.length > 0) return { faults };
  const work = createWork(file, known, countryCode, faults);
  let taken = 0;
  body.forEach((cells, i) => {
    if (isRemark(cells)) return;
    taken += 1;
    const row = new Map<Column, string>();
    if (cells.length > columns.length) faults.push({ row: i + 2, column: '', code: 'too_many_cells' });
    columns.forEach((column, c) => {
      const cell = cells[c]?.trim() ?? '';
      if (column !== undefined && cell !== '') row.set(column, cell);
    });
    work.take(row, i + 2);
  });
  if (taken === 0) faults.push({ row: 2, column: 'premises', code: 'no_rows' });
  if (faults.length > 0) return { faults: faults.slice(0, FAULTS_MAX) };
  return work.finish(taken);
}

function createWork(
  given: unknown,
  known: ReadonlyMap<string, PersonProfile>,
  countryCode: string | undefined,
  faults: ImportFault[],
) {
  const file = structuredClone(given) as Entry;
  const sections = {
    premises: listOf(file, 'premises'),
    nodes: listOf(file, 'nodes'),
    devices: listOf(file, 'devices'),
  };
  const premises = byId(sections.premises);
  const nodes = byId(sections.nodes);
  const devices = byId(sections.devices);
  const rowOf = new Map<string, number>();
  const names = new Map<string, string>();
  const profiles = new Map<string, PersonProfile>();

  function take(row: ReadonlyMap<Column, string>, at: number): void {
    const fault = (column: Column, code: string): void => void faults.push({ row: at, column, code });
    function said<T>(column: Column, read: (cell: string) => Said<T>, use: (value: T) => void): void {
      const cell = row.get(column);
      if (cell === undefined) return;
      const value = read(cell);
      if ('code' in value) fault(column, value.code);
      else use(value.value);
    }

    const id = row.get('premises');
    if (id === undefined) {
      fault('premises', 'missing');
      return;
    }
    if (rowOf.has(`premises ${id}`)) {
      fault('premises', 'repeated');
      return;
    }
    const entry = entryOf(premises, sections.premises, id);
    rowOf.set(`premises ${id}`, at);
    for (const column of ['building', 'area_m2', 'class'] as const) {
      said(
        column,
        (value) => ({ value }),
        (value) => {
          entry[column] = value;
        },
      );
    }
    said('floor', numberIn, (value) => {
      entry.floor = value;
    });
    takeMeter(row, id, fault, at);

    for (const role of ROLES) {
      const phone = row.get(`${role}_phone`);
      const spoken = [...row.keys()].filter((column) => column.startsWith(`${role}_`));
      if (phone === undefined) {
        // Without a telephone nobody can be told apart: a name alone would be half a person.
        if (spoken.length > 0) fault(`${role}_phone`, 'missing');
        continue;
      }
      if (phone === '-') {
        entry[role] = null;
        continue;
      }
      said(
        `${role}_phone`,
        (cell) => phoneIn(cell, countryCode),
        (value) => takePerson(row, role, entry, value, fault, said),
      );
    }
  }

  function takePerson(
    row: ReadonlyMap<Column, string>,
    role: Role,
    entry: Entry,
    phone: string,
    fault: (column: Column, code: string) => void,
    said: <T>(column: Column, read: (cell: string) => Said<T>, use: (value: T) => void) => void,
  ): void {
    const before = isEntry(entry[role]) && entry[role].phone === phone ? entry[role] : {};
    const person: Entry = { ...before, phone };
    const name = row.get(`${role}_name`);
    if (name !== undefined) {
      if ((names.get(phone) ?? name) !== name) fault(`${role}_name`, 'same_phone_other_name');
      names.set(phone, name);
      person.name = name;
    }
    said(`${role}_language`, languageIn, (value) => {
      person.language = value;
    });
    entry[role] = person;
    let profile = profiles.get(phone) ?? known.get(phone) ?? PLAIN_PROFILE;
    let spoken = false;
    const change = (part: Partial<PersonProfile>): void => {
      profile = { ...profile, ...part };
      spoken = true;
    };
    said(`${role}_channels`, channelsIn, (channels) => change({ channels }));
    said(`${role}_quiet`, quietIn, (quiet) => change({ quiet }));
    said(`${role}_vulnerable`, flagIn, (vulnerable) => change({ vulnerable }));
    said(`${role}_medical`, flagIn, (medicalDevice) => change({ medicalDevice }));
    if (spoken) profiles.set(phone, profile);
  }

  function takeMeter(
    row: ReadonlyMap<Column, string>,
    id: string,
    fault: (column: Column, code: string) => void,
    at: number,
  ): void {
    const unit = row.get('unit');
    const meter = row.get('meter');
    const node = unit === undefined ? undefined : nodes.get(unit);
    if (unit !== undefined) {
      if (node === undefined) {
        fault('unit', 'unknown_node');
        return;
      }
      if (node.kind !== 'unit') {
        fault('unit', 'not_a_unit');
        return;
      }
      if (node.premises !== undefined && node.premises !== null && node.premises !== id) {
        fault('unit', 'unit_of_other_premises');
        return;
      }
      node.premises = id;
      rowOf.set(`nodes ${unit}`, at);
    }
    if (meter === undefined) return;
    if (rowOf.has(`devices ${meter}`)) {
      fault('meter', 'repeated');
      return;
    }
    if (unit === undefined && !devices.has(meter)) {
      fault('unit', 'missing');
      return;
    }
    const device = entryOf(devices, sections.devices, meter);
    rowOf.set(`devices ${meter}`, at);
    if (unit !== undefined) device.node = unit;
    for (const column of ['profile', 'via'] as const) {
      const value = row.get(column);
      if (value !== undefined) device[column] = value;
    }
  }

  function finish(rows: number): ImportPlan | { readonly faults: readonly ImportFault[] } {
    for (const [section, list] of Object.entries(sections)) if (list.length > 0) file[section] = list;
    const parsed = parseSite(file);
    if ('site' in parsed) {
      const spoken = [...profiles].map(([phone, profile]) => ({ phone, profile }));
      return { site: parsed.site, file, profiles: spoken, rows };
    }
    return {
      faults: parsed.faults.slice(0, FAULTS_MAX).map(({ path, code }) => {
        const [, section = '', index = '', ...rest] = path.split('/');
        const list = section in sections ? sections[section as keyof typeof sections] : [];
        const id = list[Number(index)]?.id;
        return { row: rowOf.get(`${section} ${String(id)}`) ?? 0, column: rest.join('_') || section, code };
      }),
    };
  }

  return { take, finish };
}

function listOf(file: Entry, section: string): Entry[] {
  const list = file[section];
  return Array.isArray(list) ? list.filter(isEntry) : [];
}

function byId(list: readonly Entry[]): Map<string, Entry> {
  return new Map(list.map((entry) => [String(entry.id), entry]));
}

function entryOf(known: Map<string, Entry>, list: Entry[], id: string): Entry {
  const found = known.get(id);
  if (found !== undefined) return found;
  const entry: Entry = { id };
  known.set(id, entry);
  list.push(entry);
  return entry;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
