import { DISPATCH_DEFAULTS, type DispatchSettings } from '../../../core/dispatch/settings.ts';
import type { StaffMember } from '../../../core/dispatch/staff-member.ts';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { StaffStore } from '../../../core/ports/staff-store.ts';
import { NO_ROSTER, type Roster } from '../../../core/roster/roster.ts';
import type { Dialect } from '../dialect.ts';
import { randomSalt } from '../ids.ts';
import { ConstraintViolated, type Sql, type Step } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { SiteDocumentTable } from '../tables.ts';
import { STAFF } from './person-steps.ts';
import { createSiteDocuments } from './site-documents.ts';

export function createStaffStore(sql: Sql, dialect: Dialect): StaffStore {
  const { db } = dialect;
  const documents = createSiteDocuments(sql, dialect);

  async function uniquePhone(steps: readonly Step[]): Promise<void> {
    try {
      await sql.run(steps);
    } catch (error) {
      if (!(error instanceof ConstraintViolated) || error.kind !== 'unique') throw error;
      throw new StoreConflict('already_exists', 'The telephone belongs to somebody else');
    }
  }

  function savePerson(site: string, member: Pick<StaffMember, 'id' | 'name' | 'phone' | 'language'>): Step {
    const { id, name, phone, language } = member;
    return step(
      db
        .insertInto('person')
        .values({ site, id, phone, name, language, salt: randomSalt(), opted_out: 0 })
        .onConflict((conflict) => conflict.columns(['site', 'id']).doUpdateSet({ phone, name, language })),
    );
  }

  function saveMember(site: string, member: StaffMember): readonly Step[] {
    const content = {
      account: member.account,
      skills_json: JSON.stringify(member.skills),
      active: member.active ? 1 : 0,
    };
    const save = db
      .insertInto('staff')
      .values({ site, person: member.id, ...content })
      .onConflict((conflict) => conflict.columns(['site', 'person']).doUpdateSet(content));
    return [savePerson(site, member), step(save)];
  }

  function members(site: string) {
    return db
      .selectFrom('staff')
      .innerJoin('person', (join) =>
        join.onRef('person.site', '=', 'staff.site').onRef('person.id', '=', 'staff.person'),
      )
      .select(['staff.person as id', 'person.name', 'person.phone', 'person.language'])
      .select(['staff.skills_json', 'staff.account', 'staff.active'])
      .where('staff.site', '=', site)
      .orderBy('staff.person');
  }

  return {
    list: async (site) => membersOf(await rowsOf(sql, members(site))),

    async file(site) {
      const [staff, roster, settings] = await sql.run([
        step(members(site)),
        step(documents.read(site, 'roster')),
        step(documents.read(site, 'dispatch')),
      ]);
      return {
        members: membersOf(staff.rows),
        roster: rosterOf(roster.rows[0]),
        settings: settingsOf(settings.rows[0]),
      };
    },

    put: (site, member) => uniquePhone(saveMember(site, member)),

    putAll: (site, all) => uniquePhone(all.flatMap((member) => saveMember(site, member))),

    async roster(site) {
      const row = await firstOf(sql, documents.read(site, 'roster'));
      return { roster: rosterOf(row), version: row?.version ?? 0 };
    },

    putRoster: (site, roster, at, ifVersion) => documents.put(site, 'roster', roster, at, ifVersion),

    settings: async (site) => settingsOf(await firstOf(sql, documents.read(site, 'dispatch'))),

    async putSettings(site, settings, at) {
      const desk = savePerson(site, { id: STAFF, name: '', phone: settings.deskPhone, language: 'zh-CN' });
      await uniquePhone([desk, documents.save(site, 'dispatch', settings, at)]);
    },
  };
}

type MemberRow = Omit<StaffMember, 'skills' | 'active'> & {
  readonly skills_json: string;
  readonly active: number;
};
type DocumentRow = Pick<SiteDocumentTable, 'body_json'> | null | undefined;

function membersOf(rows: readonly MemberRow[]): readonly StaffMember[] {
  return rows.map(({ skills_json, active, ...row }) => {
    return { ...row, skills: JSON.parse(skills_json) as string[], active: active === 1 };
  });
}

function rosterOf(row: DocumentRow): Roster {
  return row ? (JSON.parse(row.body_json) as Roster) : NO_ROSTER;
}

function settingsOf(row: DocumentRow): DispatchSettings {
  return row ? (JSON.parse(row.body_json) as DispatchSettings) : DISPATCH_DEFAULTS;
}
