import type { FactFault, KnownInputs } from '../core/compensation/fact-value.ts';
import { factFault } from '../core/compensation/fact-value.ts';
import { nearest } from '../core/compensation/nearest.ts';
import type { InputFile } from '../core/compensation/scheme.ts';
import type { NewFact } from '../core/ports/fact-store.ts';
import { dayOfDate } from '../core/units/civil.ts';

/** A dash takes back what was said; an empty cell says nothing. */
const TAKEN_BACK = '-';

const KEYS: Readonly<Record<string, 'premises' | 'incident' | 'owner' | 'from'>> = {
  premises: 'premises',
  房号: 'premises',
  房屋: 'premises',
  incident: 'incident',
  事件: 'incident',
  owner: 'owner',
  业主: 'owner',
  from: 'from',
  起始日期: 'from',
  自: 'from',
};

export interface ImportFault extends FactFault {
  /** From 1, the heading being row 1. */
  readonly row: number;
  readonly column: string;
}

export type FactImport = { readonly facts: readonly NewFact[] } | { readonly faults: readonly ImportFault[] };

type Column = { readonly key: 'premises' | 'incident' | 'owner' | 'from' } | { readonly input: string };

/** Rows of a list as facts, or every fault of it. `today` holds where there is no column `from`. */
export function readFactRows(
  [heading = [], ...rows]: readonly (readonly string[])[],
  known: KnownInputs,
  today: string,
): FactImport {
  const faults: ImportFault[] = [];
  const columns = heading.map((text) => columnOf(text.trim(), known));
  for (const [i, column] of columns.entries()) {
    if (column !== null) continue;
    const written = heading[i]?.trim() ?? '';
    const message = `no scheme asks for '${written}'${nearest(written, known.keys())}`;
    faults.push({ row: 1, column: written, code: 'unknown_column', message });
  }
  const facts = rows.flatMap((row, i) => factsOf(row, columns, heading, known, today, i + 2, faults));
  return faults.length > 0 ? { faults } : { facts };
}

function columnOf(text: string, known: KnownInputs): Column | null {
  const key = KEYS[text.toLowerCase()];
  if (key !== undefined) return { key };
  if (known.has(text)) return { input: text };
  for (const [name, specs] of known) {
    if (specs.some(({ title }) => title?.['zh-CN'] === text || title?.en === text)) return { input: name };
  }
  return null;
}

function factsOf(
  row: readonly string[],
  columns: readonly (Column | null)[],
  heading: readonly string[],
  known: KnownInputs,
  today: string,
  at: number,
  faults: ImportFault[],
): readonly NewFact[] {
  const keyed = (key: string): string => {
    const i = columns.findIndex((column) => column !== null && 'key' in column && column.key === key);
    return (i === -1 ? undefined : row[i]?.trim()) ?? '';
  };
  const from = keyed('from') === '' ? today : keyed('from');
  if (dayOfDate(from) === null)
    faults.push({ row: at, column: 'from', code: 'wrong_form', message: 'must be a date YYYY-MM-DD' });
  const subject = subjectOf(keyed('premises'), keyed('incident'), keyed('owner'));
  return columns.flatMap((column, i) => {
    const cell = row[i]?.trim() ?? '';
    if (column === null || !('input' in column) || cell === '') return [];
    const name = column.input;
    const value = cell === TAKEN_BACK ? null : valueIn(cell, known.get(name) ?? []);
    const fault = value === null ? null : factFault(name, value, known);
    if (fault !== null) faults.push({ row: at, column: heading[i]?.trim() ?? name, ...fault });
    return [{ subject, name, from, value }];
  });
}

function subjectOf(premises: string, incident: string, owner: string): string {
  if (incident !== '')
    return premises === '' ? `incident/${incident}` : `incident/${incident}/premises/${premises}`;
  if (premises !== '') return `premises/${premises}`;
  return owner === '' ? 'site' : `owner/${owner}`;
}

/** A cell holds text; what kind of value it means, the scheme says. Lists are written as JSON. */
function valueIn(cell: string, specs: readonly InputFile[]): unknown {
  const types = new Set(specs.map(({ type }) => type));
  if (types.has('flag')) {
    if (/^(true|yes|是)$/i.test(cell)) return true;
    if (/^(false|no|否)$/i.test(cell)) return false;
  }
  if (types.has('intervals') || types.has('weights') || types.has('list')) return jsonOf(cell);
  return types.has('number') ? cell.replaceAll(',', '') : cell;
}

function jsonOf(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
