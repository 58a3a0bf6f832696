import type { AttributionLine } from '../../../core/interruptions/attribution.ts';
import type { AttributionStore } from '../../../core/ports/attribution-store.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import { createPace } from '../pace.ts';
import type { Sql } from '../sql.ts';
import { chunksOf, rowsOf, step } from '../steps.ts';
import type { AttributionTable } from '../tables.ts';
import type { EventSteps } from './event-steps.ts';

const ASKED_AT_ONCE = 500;

export function createAttributionStore(sql: Sql, { db }: Dialect, eventSteps: EventSteps): AttributionStore {
  const newId = createIdSource();
  return {
    async add(site, given) {
      const line: AttributionLine = { id: newId(given.at), ...given };
      const { by, evidence, evidenceHash, ...rest } = line;
      const row = {
        site,
        ...rest,
        evidence_json: JSON.stringify(evidence),
        evidence_hash: evidenceHash,
        given_by: by,
      };
      const body = () => ({ incident: line.incident });
      await sql.run([
        step(db.insertInto('attribution').values(row)),
        ...(await eventSteps(site, line.at, [{ type: 'attribution', body }], createPace())),
      ]);
      return line;
    },

    async ofIncidents(site, incidents) {
      const found: AttributionLine[] = [];
      for (const some of chunksOf([...new Set(incidents)], ASKED_AT_ONCE)) {
        const query = db.selectFrom('attribution').selectAll().where('site', '=', site);
        found.push(...(await rowsOf(sql, query.where('incident', 'in', some).orderBy('id'))).map(lineOf));
      }
      return found;
    },
  };
}

function lineOf({ given_by, evidence_json, evidence_hash, ...row }: AttributionTable): AttributionLine {
  const { id, incident, interruption, cause, reason, at } = row;
  return {
    id,
    incident,
    interruption,
    // Only `add` writes the words.
    attribution: row.attribution as AttributionLine['attribution'],
    cause,
    reason,
    evidence: JSON.parse(evidence_json) as AttributionLine['evidence'],
    evidenceHash: evidence_hash,
    by: given_by,
    at,
  };
}
