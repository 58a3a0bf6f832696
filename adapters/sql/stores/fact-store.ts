import type { FactLine } from '../../../core/compensation/case-facts.ts';
import type { FactGround, FactStore, NewFact } from '../../../core/ports/fact-store.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import { createPace } from '../pace.ts';
import type { Sql } from '../sql.ts';
import { chunksOf, createBulk, rowsOf } from '../steps.ts';
import type { CaseFactTable } from '../tables.ts';
import type { EventSteps } from './event-steps.ts';

const ASKED_AT_ONCE = 500;
/** An event row names so many subjects; of more it says that any may be meant. */
const NAMED = 1_000;

type FactValues = readonly [
  id: string,
  site: string,
  subject: string,
  name: string,
  from: string,
  value: string,
  reason: string,
  by: string,
  at: number,
];

export function createFactStore(sql: Sql, { db }: Dialect, eventSteps: EventSteps): FactStore {
  const newId = createIdSource();
  const insert = createBulk<FactValues>((rows) =>
    db.insertInto('case_fact').values(
      rows.map(([id, site, subject, name, from_date, value_json, reason, given_by, at]) => ({
        id,
        site,
        subject,
        name,
        from_date,
        value_json,
        reason,
        given_by,
        at,
      })),
    ),
  );

  return {
    async add(site, facts, { reason, by, at }: FactGround) {
      if (facts.length === 0) return;
      const pace = createPace();
      const rowOf = ({ subject, name, from, value }: NewFact): FactValues => {
        return [newId(at), site, subject, name, from, JSON.stringify(value), reason, by, at];
      };
      await sql.run([
        ...(await insert(facts, rowOf, pace)),
        ...(await eventSteps(site, at, [{ type: 'facts', body: () => eventBody(facts) }], pace)),
      ]);
    },

    async about(site, subjects) {
      const found: CaseFactTable[] = [];
      for (const some of chunksOf([...new Set(subjects)], ASKED_AT_ONCE)) {
        const query = db.selectFrom('case_fact').selectAll().where('site', '=', site);
        found.push(...(await rowsOf(sql, query.where('subject', 'in', some).orderBy('id'))));
      }
      return found.map(lineOf);
    },

    async lines(site, { subject, name, before, limit }) {
      let query = db.selectFrom('case_fact').selectAll().where('site', '=', site);
      if (subject !== undefined) query = query.where('subject', '=', subject);
      if (name !== undefined) query = query.where('name', '=', name);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await rowsOf(sql, query.orderBy('id', 'desc').limit(limit))).map(lineOf);
    },
  };
}

function eventBody(facts: readonly NewFact[]): object {
  const subjects = [...new Set(facts.map(({ subject }) => subject))];
  const [from = ''] = facts.map((one) => one.from).sort();
  return { subjects: subjects.length > NAMED ? ['site'] : subjects, from };
}

function lineOf({ id, subject, name, from_date, value_json, reason, given_by, at }: CaseFactTable): FactLine {
  return {
    id,
    subject,
    name,
    from: from_date,
    value: JSON.parse(value_json) as unknown,
    reason,
    by: given_by,
    at,
  };
}
