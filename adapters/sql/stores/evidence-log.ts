import type { EvidenceLog, EvidenceWrite, WrittenEvidence } from '../../../core/ports/evidence-log.ts';
import type { Dialect } from '../dialect.ts';
import { randomId } from '../ids.ts';
import { type Sql, type Step, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { EvidenceTable } from '../tables.ts';
import { packLines, unpackLines } from './evidence-body.ts';

const HOUR_MS = 3_600_000;
/** A row of so many lines is some ten kilobytes. */
const LINES_PER_ROW = 500;
const ROWS_PER_READ = 16;

export function createEvidenceLog(sql: Sql, { db }: Dialect): EvidenceLog {
  const ofSite = (site: string) => db.selectFrom('evidence').where('site', '=', site);

  /** Locks the lease row, so that no other instance can take the site before this commits. */
  function fence({ site, epoch }: EvidenceWrite): Step {
    const held = db.updateTable('lease').set({ epoch }).where('site', '=', site).where('epoch', '=', epoch);
    return step(held, { name: 'lease', affected: 1 });
  }

  function advance(site: string, at: number): Step {
    const save = db
      .insertInto('evidence_through')
      .values({ site, at })
      .onConflict((conflict) =>
        conflict
          .column('site')
          .doUpdateSet((excluded) => ({ at: excluded.ref('excluded.at') }))
          .whereRef('evidence_through.at', '<', 'excluded.at'),
      );
    return step(save);
  }

  async function through(site: string): Promise<number | null> {
    const query = db.selectFrom('evidence_through').select('at').where('site', '=', site);
    return (await firstOf(sql, query))?.at ?? null;
  }

  async function firstBeginning(site: string): Promise<number | null> {
    const first = ofSite(site).select('begins_at').where('begins_at', 'is not', null);
    return (await firstOf(sql, first.orderBy('begins_at').limit(1)))?.begins_at ?? null;
  }

  return {
    async add(write) {
      const rows = await Promise.all(portions(write.lines).map((lines) => rowOf(write.site, lines)));
      const inserts = rows.map((row) => step(db.insertInto('evidence').values(row)));
      const advances = write.through === null ? [] : [advance(write.site, write.through)];
      try {
        await sql.run([fence(write), ...inserts, ...advances]);
        return 'added';
      } catch (error) {
        if (error instanceof UnmetStep && error.step === 'lease') return 'lost_lease';
        throw error;
      }
    },

    async extent(site) {
      const from = await firstBeginning(site);
      const to = from === null ? null : await through(site);
      return from === null || to === null ? null : { from, through: Math.max(from, to) };
    },

    async beginning(site, at) {
      const before = ofSite(site).select('begins_at').where('begins_at', '<=', at);
      const found = await firstOf(sql, before.orderBy('begins_at', 'desc').limit(1));
      return found?.begins_at ?? firstBeginning(site);
    },

    async *read(site, from, to) {
      let after = { hour: hourOf(from), id: '' };
      for (;;) {
        const query = ofSite(site)
          .select(['hour', 'id', 'body'])
          .where('hour', '<=', to)
          .where((is) =>
            is.or([
              is('hour', '>', after.hour),
              is.and([is('hour', '=', after.hour), is('id', '>', after.id)]),
            ]),
          );
        const rows = await rowsOf(sql, query.orderBy('hour').orderBy('id').limit(ROWS_PER_READ));
        for (const { body } of rows) yield await unpackLines(body);
        const last = rows.at(-1);
        if (last === undefined || rows.length < ROWS_PER_READ) return;
        after = last;
      }
    },

    async retain(site, bounds) {
      const hours = await rowsOf(
        sql,
        ofSite(site)
          .select((of) => [
            'hour',
            of.fn.sum<number>('lines').as('lines'),
            of.fn.sum<number>('bytes').as('bytes'),
          ])
          .groupBy('hour')
          .orderBy('hour', 'desc'),
      );
      let lines = 0;
      let bytes = 0;
      const dropped = hours.filter((hour) => {
        lines += Number(hour.lines);
        bytes += Number(hour.bytes);
        return hour.hour + HOUR_MS <= bounds.before || lines > bounds.lines || bytes > bounds.bytes;
      });
      // An hour a transaction: others write in between.
      for (const { hour } of dropped)
        await sql.run([step(db.deleteFrom('evidence').where('site', '=', site).where('hour', '=', hour))]);
      return dropped.reduce((sum, hour) => sum + Number(hour.lines), 0);
    },
  };
}

/** Lines of one hour each, none too many. */
function portions(lines: readonly WrittenEvidence[]): WrittenEvidence[][] {
  const open = new Map<number, WrittenEvidence[]>();
  const all: WrittenEvidence[][] = [];
  for (const line of lines) {
    const hour = hourOf(line.at);
    const portion = open.get(hour);
    if (portion !== undefined && portion.length < LINES_PER_ROW) {
      portion.push(line);
      continue;
    }
    const fresh = [line];
    open.set(hour, fresh);
    all.push(fresh);
  }
  return all;
}

async function rowOf(site: string, lines: readonly WrittenEvidence[]): Promise<EvidenceTable> {
  const body = await packLines(lines.map(({ text }) => text));
  const begins_at = lines.reduce<number | null>(
    (last, { at, begins }) => (begins ? Math.max(last ?? at, at) : last),
    null,
  );
  const hour = hourOf(lines[0]?.at ?? 0);
  return { site, hour, id: randomId(), begins_at, lines: lines.length, bytes: body.length, body };
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
