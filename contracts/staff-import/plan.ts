import type { StaffMember } from '../../core/dispatch/staff-member.ts';
import { flagIn, languageIn, phoneIn, type Said } from '../premises-import/cells.ts';
import type { ImportFault } from '../premises-import/import-fault.ts';
import { csvFile, isRemark } from '../premises-import/table.ts';

/** Only `id` must be there; somebody new also needs name and phone. */
const HEADINGS = {
  id: ['id', '工号'],
  name: ['name', '姓名'],
  phone: ['phone', '电话', '手机'],
  language: ['language', '语言'],
  skills: ['skills', '技能'],
  active: ['active', '在岗'],
} as const satisfies Record<string, readonly string[]>;

type Column = keyof typeof HEADINGS;
const COLUMNS = Object.keys(HEADINGS) as readonly Column[];
const ID = /^[A-Za-z0-9._-]{1,64}$/;
const ROWS_MAX = 2_000;
const NAME_MAX = 100;
const SKILLS_MAX = 50;

export const STAFF_ID_COLUMNS: ReadonlySet<string> = new Set<Column>(['id']);

export interface StaffPlan {
  /** As they will be. */
  readonly members: readonly (StaffMember & { readonly phone: string })[];
  readonly added: readonly string[];
  readonly changed: readonly { readonly id: string; readonly fields: readonly string[] }[];
  readonly unchanged: number;
}

export function staffColumnOf(heading: string): Column | undefined {
  const parts = heading.split(' / ').map((part) => part.trim().toLowerCase());
  return COLUMNS.find((column) => parts.every((part) => HEADINGS[column].some((name) => name === part)));
}

/** The list held against those there are, or every fault of it. Nobody is taken off: that is `active`. */
export function planStaff(
  rows: readonly (readonly string[])[],
  known: readonly StaffMember[],
  countryCode?: string,
): StaffPlan | { readonly faults: readonly ImportFault[] } {
  const faults: ImportFault[] = [];
  const [headings = [], ...body] = rows;
  const columns = headings.map((heading) => staffColumnOf(heading));
  columns.forEach((column, i) => {
    if (column === undefined) faults.push({ row: 1, column: headings[i] ?? '', code: 'unknown_column' });
    else if (columns.indexOf(column) !== i) faults.push({ row: 1, column, code: 'repeated_column' });
  });
  if (!columns.includes('id')) faults.push({ row: 1, column: 'id', code: 'missing_column' });
  if (body.length > ROWS_MAX) faults.push({ row: ROWS_MAX + 2, column: 'id', code: 'too_many_rows' });
  if (faults.length > 0) return { faults };

  const before = new Map(known.map((member) => [member.id, member]));
  const members = new Map<string, StaffMember & { readonly phone: string }>();
  const rowsOf: { readonly row: number; readonly id: string; readonly phone: string }[] = [];
  body.forEach((cells, i) => {
    if (isRemark(cells)) return;
    const cellOf = (column: Column) => cells[columns.indexOf(column)]?.trim() ?? '';
    const row = i + 2;
    const id = cellOf('id');
    if (!ID.test(id)) faults.push({ row, column: 'id', code: id === '' ? 'missing' : 'not_an_id' });
    else if (members.has(id)) faults.push({ row, column: 'id', code: 'repeated' });
    else {
      const member = memberOf(id, cellOf, before.get(id), countryCode, (column, code) =>
        faults.push({ row, column, code }),
      );
      if (member !== null) {
        members.set(id, member);
        rowsOf.push({ row, id, phone: member.phone });
      }
    }
  });
  for (const { row, id, phone } of rowsOf) {
    const other = [...members.values(), ...known.filter((one) => !members.has(one.id))].find(
      (one) => one.phone === phone && one.id !== id,
    );
    if (other !== undefined) faults.push({ row, column: 'phone', code: 'phone_taken' });
  }
  if (members.size === 0 && faults.length === 0) faults.push({ row: 2, column: 'id', code: 'no_rows' });
  return faults.length > 0 ? { faults: faults.slice(0, 1_000) } : difference([...members.values()], before);
}

export function staffTemplate(): string {
  return csvFile([
    COLUMNS.map((column) => `${HEADINGS[column][1]} / ${HEADINGS[column][0]}`),
    ['# e-01', '张工', '+8613800000001', '中文', 'hv lift', '是'],
    ['# e-02', 'Chen', '+8613800000002', 'English', '', '是'],
  ]);
}

function memberOf(
  id: string,
  cellOf: (column: Column) => string,
  before: StaffMember | undefined,
  countryCode: string | undefined,
  fault: (column: Column, code: string) => void,
): (StaffMember & { readonly phone: string }) | null {
  let whole = true;
  function said<T>(column: Column, read: (cell: string) => Said<T>, otherwise: T | undefined): T | undefined {
    const cell = cellOf(column);
    const answer: Said<T> | null = cell === '' ? null : read(cell);
    if (answer !== null && 'value' in answer) return answer.value;
    if (answer !== null || otherwise === undefined) {
      whole = false;
      fault(column, answer === null ? 'missing' : answer.code);
    }
    return otherwise;
  }
  const name = said('name', nameIn, before?.name);
  const phone = said('phone', (cell) => phoneIn(cell, countryCode), before?.phone ?? undefined);
  const language = said('language', languageIn, before?.language ?? 'zh-CN');
  const skills = said('skills', skillsIn, before?.skills ?? []);
  const active = said('active', flagIn, before?.active ?? true);
  if (!whole || name === undefined || phone === undefined || skills === undefined) return null;
  return {
    ...{ id, name, phone, language: language ?? 'zh-CN', skills, active: active ?? true },
    account: before?.account ?? null,
  };
}

function nameIn(cell: string): Said<string> {
  return cell.length <= NAME_MAX ? { value: cell } : { code: 'too_long' };
}

/** `hv lift`; `-` for none. */
function skillsIn(cell: string): Said<readonly string[]> {
  if (cell === '-') return { value: [] };
  const skills = [...new Set(cell.split(/[\s,，、;；]+/u).filter((word) => word !== ''))];
  return skills.length <= SKILLS_MAX && skills.every((skill) => ID.test(skill))
    ? { value: skills }
    : { code: 'not_a_skill' };
}

function difference(
  members: readonly (StaffMember & { readonly phone: string })[],
  before: ReadonlyMap<string, StaffMember>,
): StaffPlan {
  const changed = members.flatMap((member) => {
    const known = before.get(member.id);
    if (known === undefined) return [];
    const fields = (['name', 'phone', 'language', 'skills', 'active'] as const).filter(
      (field) => JSON.stringify(known[field]) !== JSON.stringify(member[field]),
    );
    return fields.length === 0 ? [] : [{ id: member.id, fields }];
  });
  const added = members.filter(({ id }) => !before.has(id)).map(({ id }) => id);
  return { members, added, changed, unchanged: members.length - added.length - changed.length };
}
