import { type PersonProfile, PLAIN_PROFILE } from '../../core/people/profile.ts';
import type { Person, Site } from '../../core/topology/site.ts';
import { COLUMNS, type Column, headingOf } from './columns.ts';
import { csvFile } from './table.ts';

type Row = Partial<Record<Column, string | number | null>>;

/** The list of a site as an import would take it back: a row a unit, or a premises without one. */
export function writePremises(site: Site, profiles: ReadonlyMap<string, PersonProfile>): string {
  // A premises stands in one row only; what a second unit of it adds is left to the site file.
  const units = new Map(site.nodes.toReversed().map(({ premises, id }) => [premises, id]));
  const meters = new Map(site.devices.map((device) => [device.node, device]));
  const rows = site.premises.map((premises) => {
    const { id, building, floor, area_m2 } = premises;
    const unit = units.get(id);
    const meter = unit === undefined ? undefined : meters.get(unit);
    const row: Row = {
      ...{ premises: id, building, floor, area_m2, class: premises.class, unit: unit ?? null },
      ...{ meter: meter?.id ?? null, profile: meter?.profile ?? null, via: meter?.via ?? null },
      ...personCells('owner', premises.owner, profiles),
      ...personCells('occupant', premises.occupant, profiles),
    };
    return row;
  });
  return table(rows);
}

/** Headings in both languages and two rows of examples, which an import passes over. */
export function premisesTemplate(): string {
  return table([
    {
      ...{ premises: '# 7-0101', building: '7', floor: 1, area_m2: '98.4', class: 'residential' },
      ...{ unit: 'u-7-0101', meter: 'm-7-0101', profile: 'native', via: 'gw-7' },
      ...{ owner_name: '王芳', owner_phone: '+8613800000001', owner_language: '中文' },
      ...{
        owner_channels: '短信 电话',
        owner_quiet: '22:00-07:00',
        owner_vulnerable: '否',
        owner_medical: '是',
      },
    },
    {
      ...{
        premises: '# 7-0102',
        building: '7',
        floor: 1,
        owner_name: 'Li Na',
        owner_phone: '+8613800000002',
      },
      ...{ owner_language: 'English', occupant_name: '张伟', occupant_phone: '+8613800000003' },
    },
  ]);
}

function personCells(
  role: 'owner' | 'occupant',
  person: Person | null,
  profiles: ReadonlyMap<string, PersonProfile>,
): Row {
  if (person === null) return {};
  const { channels, quiet, vulnerable, medicalDevice } = profiles.get(person.phone) ?? PLAIN_PROFILE;
  return {
    [`${role}_name`]: person.name,
    [`${role}_phone`]: person.phone,
    [`${role}_language`]: person.language,
    [`${role}_channels`]: channels.join(' '),
    [`${role}_quiet`]: quiet === null ? '-' : `${quiet.from}-${quiet.to}`,
    [`${role}_vulnerable`]: vulnerable ? 'yes' : 'no',
    [`${role}_medical`]: medicalDevice ? 'yes' : 'no',
  };
}

function table(rows: readonly Row[]): string {
  return csvFile([COLUMNS.map(headingOf), ...rows.map((row) => COLUMNS.map((column) => row[column]))]);
}
