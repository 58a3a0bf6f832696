import type { Person } from '../../../core/topology/site.ts';
import type { Dialect } from '../dialect.ts';
import { randomId, randomSalt } from '../ids.ts';
import type { Step } from '../sql.ts';
import { createBulk } from '../steps.ts';

/** The person id of a site's duty desk: messages to `staff` go to it. */
export const STAFF = 'staff';

export interface PersonSteps {
  /** Adds the people, or takes over their newest name and language; id, salt and opt-out stay. */
  upsert(site: string, people: readonly Person[]): readonly Step[];
  /** Makes sure that there is a person behind every phone, and a duty desk. */
  ensure(site: string, phones: Iterable<string>): readonly Step[];
}

type PersonValues = readonly [
  site: string,
  id: string,
  phone: string | null,
  name: string,
  language: 'zh-CN' | 'en',
  salt: string,
  optedOut: number,
];

export function createPersonSteps({ db }: Dialect): PersonSteps {
  const insert = (rows: readonly PersonValues[]) =>
    db.insertInto('person').values(
      rows.map(([site, id, phone, name, language, salt, optedOut]) => ({
        site,
        id,
        phone,
        name,
        language,
        salt,
        opted_out: optedOut,
      })),
    );
  const insertOrRename = createBulk<PersonValues>((rows) =>
    insert(rows).onConflict((conflict) =>
      conflict.columns(['site', 'phone']).doUpdateSet((excluded) => ({
        name: excluded.ref('excluded.name'),
        language: excluded.ref('excluded.language'),
      })),
    ),
  );
  const insertMissing = createBulk<PersonValues>((rows) =>
    insert(rows).onConflict((conflict) => conflict.doNothing()),
  );

  return {
    upsert(site, people) {
      // Sorted, so that two transactions lock the same people in the same order; the last entry of a phone counts.
      const byPhone = [...new Map(people.map((person) => [person.phone, person]))].sort(([a], [b]) =>
        a < b ? -1 : 1,
      );
      return insertOrRename(
        byPhone.map(([phone, { name, language }]) => [
          site,
          randomId(),
          phone,
          name,
          language,
          randomSalt(),
          0,
        ]),
      );
    },
    ensure(site, phones) {
      const missing = [...new Set(phones)].sort();
      return insertMissing([
        [site, STAFF, null, '', 'zh-CN', randomSalt(), 0],
        ...missing.map((phone): PersonValues => [site, randomId(), phone, '', 'zh-CN', randomSalt(), 0]),
      ]);
    },
  };
}
