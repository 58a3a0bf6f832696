import type { PersonProfile } from '../../../core/people/profile.ts';
import type { KnownPerson, PeopleStore } from '../../../core/ports/people-store.ts';
import type { Dialect } from '../dialect.ts';
import { byCodePoint } from '../order.ts';
import { createPace } from '../pace.ts';
import type { Sql } from '../sql.ts';
import { chunksOf, createBulk, rowsOf } from '../steps.ts';
import type { PremisesPersonTable } from '../tables.ts';
import { type ProfileColumns, profileOf } from './profile-rows.ts';

type ProfileValues = readonly [
  site: string,
  person: string,
  channels: string,
  quietFrom: string | null,
  quietTo: string | null,
  vulnerable: number,
  medicalDevice: number,
  email: string | null,
];

type Row = Pick<PremisesPersonTable, 'language'> & {
  readonly id: string;
  readonly name: string;
  readonly phone: string | null;
  readonly opted_out: number;
} & ProfileColumns;

export function createPeopleStore(sql: Sql, { db }: Dialect): PeopleStore {
  const insert = createBulk<ProfileValues>((rows) =>
    db
      .insertInto('person_profile')
      .values(
        rows.map(
          ([site, person, channels_json, quiet_from, quiet_to, vulnerable, medical_device, email]) => ({
            site,
            person,
            channels_json,
            quiet_from,
            quiet_to,
            vulnerable,
            medical_device,
            email,
          }),
        ),
      )
      .onConflict((conflict) =>
        conflict.columns(['site', 'person']).doUpdateSet((excluded) => ({
          channels_json: excluded.ref('excluded.channels_json'),
          quiet_from: excluded.ref('excluded.quiet_from'),
          quiet_to: excluded.ref('excluded.quiet_to'),
          vulnerable: excluded.ref('excluded.vulnerable'),
          medical_device: excluded.ref('excluded.medical_device'),
          email: excluded.ref('excluded.email'),
        })),
      ),
  );

  function people(site: string) {
    return db
      .selectFrom('person')
      .leftJoin('person_profile as profile', (join) =>
        join.onRef('profile.site', '=', 'person.site').onRef('profile.person', '=', 'person.id'),
      )
      .select(['person.id', 'person.name', 'person.phone', 'person.language', 'person.opted_out'])
      .select(['profile.channels_json', 'profile.quiet_from', 'profile.quiet_to'])
      .select(['profile.vulnerable', 'profile.medical_device', 'profile.email'])
      .where('person.site', '=', site);
  }

  async function withPremises(site: string, rows: readonly Row[]): Promise<readonly KnownPerson[]> {
    const links = new Map<string, { premises: string; role: 'owner' | 'occupant' }[]>();
    for (const ids of chunksOf(rows, 500)) {
      const query = db
        .selectFrom('premises_person')
        .select(['person', 'premises', 'role'])
        .where('site', '=', site)
        .where(
          'person',
          'in',
          ids.map(({ id }) => id),
        );
      for (const { person, premises, role } of await rowsOf(sql, query.orderBy('premises').orderBy('role'))) {
        links.set(person, [...(links.get(person) ?? []), { premises, role }]);
      }
    }
    return rows.map((row) => personOf(row, links.get(row.id) ?? []));
  }

  async function idsOf(site: string, phones: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    for (const some of chunksOf(phones, 500)) {
      const query = db.selectFrom('person').select(['id', 'phone']).where('site', '=', site);
      for (const { id, phone } of await rowsOf(sql, query.where('phone', 'in', some))) {
        if (phone !== null) ids.set(phone, id);
      }
    }
    return ids;
  }

  return {
    async list(site, { after, phone, limit }) {
      let query = people(site);
      if (after !== undefined) query = query.where('person.id', '>', after);
      if (phone !== undefined) query = query.where('person.phone', '=', phone);
      return withPremises(site, await rowsOf(sql, query.orderBy('person.id').limit(limit)));
    },

    async get(site, id) {
      const [person] = await withPremises(site, await rowsOf(sql, people(site).where('person.id', '=', id)));
      return person ?? null;
    },

    async putProfiles(site, profiles) {
      const byPhone = [...new Map(profiles.map((one) => [one.phone, one])).values()];
      const sorted = byPhone.sort((a, b) => byCodePoint(a.phone, b.phone));
      const ids = await idsOf(
        site,
        sorted.map(({ phone }) => phone),
      );
      const known = sorted.flatMap(({ phone, profile }) => {
        const id = ids.get(phone);
        return id === undefined ? [] : [{ id, profile }];
      });
      const steps = await insert(known, ({ id, profile }) => profileValues(site, id, profile), createPace());
      if (steps.length > 0) await sql.run(steps);
    },

    async optOuts(site, id) {
      const query = db.selectFrom('opt_out').selectAll().where('site', '=', site).where('person', '=', id);
      return (await rowsOf(sql, query.orderBy('at'))).map(({ at, opted_out, evidence }) => {
        return { at, optedOut: opted_out === 1, evidence };
      });
    },

    async dependentPremises(site) {
      const query = db
        .selectFrom('premises_person as link')
        .innerJoin('person_profile as profile', (join) =>
          join.onRef('profile.site', '=', 'link.site').onRef('profile.person', '=', 'link.person'),
        )
        .select('link.premises')
        .where('link.site', '=', site)
        .where((is) => is.or([is('profile.vulnerable', '=', 1), is('profile.medical_device', '=', 1)]));
      return new Set((await rowsOf(sql, query)).map(({ premises }) => premises));
    },
  };
}

function profileValues(site: string, person: string, profile: PersonProfile): ProfileValues {
  const { channels, quiet, vulnerable, medicalDevice, email } = profile;
  return [
    site,
    person,
    JSON.stringify(channels),
    quiet?.from ?? null,
    quiet?.to ?? null,
    vulnerable ? 1 : 0,
    medicalDevice ? 1 : 0,
    email ?? null,
  ];
}

function personOf(row: Row, premises: KnownPerson['premises']): KnownPerson {
  const { id, name, phone, language, opted_out } = row;
  return { id, name, phone, language, optedOut: opted_out === 1, profile: profileOf(row), premises };
}
