import { sql as raw } from 'kysely';
import { type SiteStore, StoreConflict } from '../../../core/ports/site-store.ts';
import type { Site } from '../../../core/topology/site.ts';
import type { Dialect } from '../dialect.ts';
import { createPace, type Pace } from '../pace.ts';
import { type Sql, type Step, UnmetStep } from '../sql.ts';
import { createBulk, firstOf, rowsOf, step } from '../steps.ts';
import type { EventSteps } from './event-steps.ts';
import type { PersonSteps } from './person-steps.ts';
import { peopleOf, type SitePerson, withoutPeople, withPeople } from './site-people.ts';
import type { SuppressedPhones } from './suppressed-phones.ts';

type LinkValues = readonly [
  site: string,
  premises: string,
  role: 'owner' | 'occupant',
  personSite: string,
  phone: string,
  name: string,
  language: 'zh-CN' | 'en',
  given: string,
];

export function createSiteStore(
  sql: Sql,
  { db }: Dialect,
  eventSteps: EventSteps,
  persons: PersonSteps,
  suppressed: SuppressedPhones,
): SiteStore {
  const insertLinks = createBulk<LinkValues>((rows) =>
    db.insertInto('premises_person').values(
      rows.map(([site, premises, role, personSite, phone, name, language, given]) => ({
        site,
        premises,
        role,
        person: raw<string>`(select id from person where site = ${personSite} and phone = ${phone})`,
        name,
        language,
        given_json: given,
      })),
    ),
  );

  async function linkSteps(id: string, people: readonly SitePerson[], pace: Pace): Promise<readonly Step[]> {
    const forget = step(db.deleteFrom('premises_person').where('site', '=', id));
    const rowOf = ({ premises, role, person, given }: SitePerson): LinkValues => {
      const { phone, name, language } = person;
      return [id, premises, role, id, phone, name, language, JSON.stringify(given)];
    };
    return [forget, ...(await insertLinks(people, rowOf, pace))];
  }

  function save(site: Site, file: unknown, by: string, at: number, ifVersion: number | undefined): Step {
    const { id, name } = site.site;
    const content = {
      name,
      simulated: site.site.simulated ? 1 : 0,
      saved_at: at,
      saved_by: by,
      site_json: JSON.stringify(withoutPeople(site)),
      file_json: JSON.stringify(withoutPeople(file)),
    };
    const expect = { name: 'version', affected: 1 };
    const insert = db.insertInto('site').values({ id, version: 1, ...content });
    if (ifVersion === 0)
      return step(
        insert.onConflict((conflict) => conflict.doNothing()),
        expect,
      );
    const next = { ...content, version: raw<number>`site.version + 1` };
    if (ifVersion === undefined) {
      return step(
        insert.onConflict((conflict) => conflict.column('id').doUpdateSet(next)),
        expect,
      );
    }
    return step(
      db.updateTable('site').set(next).where('id', '=', id).where('version', '=', ifVersion),
      expect,
    );
  }

  function peopleRows(id: string) {
    return rowsOf(
      sql,
      db
        .selectFrom('premises_person as link')
        .innerJoin('person', (join) =>
          join.onRef('person.site', '=', 'link.site').onRef('person.id', '=', 'link.person'),
        )
        .select([
          'link.premises',
          'link.role',
          'link.name',
          'link.language',
          'link.given_json',
          'person.phone',
        ])
        .where('link.site', '=', id),
    );
  }

  return {
    async list() {
      const rows = await rowsOf(
        sql,
        db.selectFrom('site').select(['id', 'name', 'version', 'simulated']).orderBy('id'),
      );
      return rows.map((row) => ({ ...row, simulated: row.simulated === 1 }));
    },

    async get(id) {
      const row = await firstOf(sql, db.selectFrom('site').selectAll().where('id', '=', id));
      if (row === null) return null;
      const people = new Map((await peopleRows(id)).map((link) => [`${link.role} ${link.premises}`, link]));
      const stored = JSON.parse(row.site_json) as Site;
      const site = withPeople(stored, (premises, role) => {
        const link = people.get(`${role} ${premises}`);
        if (link === undefined || link.phone === null) return null;
        return { name: link.name, phone: link.phone, language: link.language };
      });
      return { site, version: row.version, savedAt: row.saved_at };
    },

    async put(site, file, { by, at, ifVersion }) {
      const { id, name, simulated } = site.site;
      const people = peopleOf(site, file);
      const version = db.selectFrom('site').select('version').where('id', '=', id);
      const pace = createPace();
      const body = { id, name, simulated, savedAt: new Date(at).toISOString() };
      try {
        const [, saved] = await sql.run([
          save(site, file, by, at, ifVersion),
          step(version),
          ...(await persons.upsert(
            id,
            people.map(({ person }) => person),
            pace,
          )),
          ...(await suppressed.takeUp(
            id,
            people.map(({ person }) => person.phone),
            at,
          )),
          ...(await linkSteps(id, people, pace)),
          ...(await eventSteps(id, at, [{ type: 'site', body: () => body }], pace)),
        ]);
        return saved.rows[0]?.version ?? 1;
      } catch (error) {
        if (!(error instanceof UnmetStep)) throw error;
        throw new StoreConflict('version_conflict', `Site ${id} is not at version ${ifVersion} any more`);
      }
    },

    async file(id, { people }) {
      const row = await firstOf(sql, db.selectFrom('site').select('file_json').where('id', '=', id));
      if (row === null) return null;
      const stored: unknown = JSON.parse(row.file_json);
      if (!people) return withPeople(stored, () => undefined);
      const links = new Map((await peopleRows(id)).map((link) => [`${link.role} ${link.premises}`, link]));
      return withPeople(stored, (premises, role) => {
        const link = links.get(`${role} ${premises}`);
        return link === undefined || link.phone === null ? null : (JSON.parse(link.given_json) as unknown);
      });
    },
  };
}
