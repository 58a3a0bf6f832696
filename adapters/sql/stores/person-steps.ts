import type { Person } from '../../../core/topology/site.ts';
import type { Dialect } from '../dialect.ts';
import { randomId, randomSalt } from '../ids.ts';
import { byCodePoint } from '../order.ts';
import type { Pace } from '../pace.ts';
import type { Step } from '../sql.ts';
import { createBulk } from '../steps.ts';

/** The person id of a site's duty desk: messages to `staff` go to it. */
export const STAFF = 'staff';

export interface PersonSteps {
  /** Adds the people, or takes over their newest name and language; id, salt and opt-out stay. */
  upsert(site: string, people: readonly Person[], pace: Pace): Promise<readonly Step[]>;
  /** Makes sure that there is a person behind every phone, and a duty desk. */
  ensure(site: string, phones: Iterable<string>, pace: Pace): Promise<readonly Step[]>;
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
    upsert(site, people, pace) {
      // Sorted, so that two transactions lock the same people in the same order; the last entry of a phone counts.
      const byPhone = [...new Map(people.map((person) => [person.phone, person])).values()];
      const sorted = byPhone.sort((a, b) => byCodePoint(a.phone, b.phone));
      const rowOf = ({ phone, name, language }: Person): PersonValues => {
        return [site, randomId(), phone, name, language, randomSalt(), 0];
      };
      return insertOrRename(sorted, rowOf, pace);
    },
    ensure(site, phones, pace) {
      const desk: PersonValues = [site, STAFF, null, '', 'zh-CN', randomSalt(), 0];
      const rowOf = (phone: string | null): PersonValues => {
        return phone === null ? desk : [site, randomId(), phone, '', 'zh-CN', randomSalt(), 0];
      };
      return insertMissing([null, ...[...new Set(phones)].sort(byCodePoint)], rowOf, pace);
    },
  };
}
