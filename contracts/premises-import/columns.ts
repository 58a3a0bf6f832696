/** Columns of an import, with the headings people give them. Only `premises` must be there; what is not there is left as it is. */
const HEADINGS = {
  premises: ['premises', '房号', '房屋', '户号'],
  building: ['building', '楼栋', '栋号', '楼号'],
  floor: ['floor', '楼层'],
  area_m2: ['area_m2', 'area', '面积', '建筑面积'],
  class: ['class', '类别', '用电类别'],
  unit: ['unit', 'node', '户节点', '节点'],
  meter: ['meter', 'device', '电表', '电表编号'],
  profile: ['profile', '电表型号', '设备模型'],
  via: ['via', 'gateway', '网关'],
  owner_name: ['owner_name', 'owner', '业主', '业主姓名'],
  owner_phone: ['owner_phone', 'phone', '业主电话', '业主手机', '电话'],
  owner_language: ['owner_language', 'language', '语言', '业主语言'],
  owner_channels: ['owner_channels', '通知渠道', '业主通知渠道'],
  owner_quiet: ['owner_quiet', '免打扰', '业主免打扰'],
  owner_vulnerable: ['owner_vulnerable', '特殊人群', '业主特殊人群'],
  owner_medical: ['owner_medical', '医疗设备', '业主医疗设备'],
  occupant_name: ['occupant_name', 'occupant', '住户', '住户姓名', '租户'],
  occupant_phone: ['occupant_phone', '住户电话', '租户电话'],
  occupant_language: ['occupant_language', '住户语言'],
  occupant_channels: ['occupant_channels', '住户通知渠道'],
  occupant_quiet: ['occupant_quiet', '住户免打扰'],
  occupant_vulnerable: ['occupant_vulnerable', '住户特殊人群'],
  occupant_medical: ['occupant_medical', '住户医疗设备'],
} as const satisfies Record<string, readonly string[]>;

export type Column = keyof typeof HEADINGS;

const BY_HEADING: ReadonlyMap<string, Column> = new Map(
  Object.entries(HEADINGS).flatMap(([column, names]) =>
    // The keys of HEADINGS are the columns.
    names.map((name): [string, Column] => [name, column as Column]),
  ),
);

/** A heading in one language, or in both with ` / ` between. */
export function columnOf(heading: string): Column | undefined {
  const columns = heading
    .split(' / ')
    .map((part) => BY_HEADING.get(part.trim().toLowerCase().replaceAll(' ', '_')));
  return columns.every((column) => column === columns[0]) ? columns[0] : undefined;
}

export const COLUMNS = Object.keys(HEADINGS) as readonly Column[];

/** Cells whose digits are a name: a number typed there has lost its leading zeros. */
export const ID_COLUMNS: ReadonlySet<string> = new Set<Column>(['premises', 'unit', 'meter', 'via']);

/** `房号 / premises`. */
export function headingOf(column: Column): string {
  const [english, chinese] = [
    HEADINGS[column][0],
    HEADINGS[column].find((name) => /\p{Script=Han}/u.test(name)),
  ];
  return `${chinese} / ${english}`;
}
