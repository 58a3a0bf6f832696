import { sql } from 'kysely';
import type { EventType } from '../../../core/ports/event-log.ts';
import type { Dialect } from '../dialect.ts';
import type { Pace } from '../pace.ts';
import type { Step } from '../sql.ts';
import { createBulk, step } from '../steps.ts';

export interface NewEvent {
  readonly type: EventType;
  /** Made into JSON when its turn comes. */
  readonly body: () => unknown;
}

/**
 * The steps that add event rows at the end of a transaction. The site's counter row stays locked from its
 * update to the commit, so numbers have no gap and commit in their order.
 */
export type EventSteps = (
  site: string,
  at: number,
  events: readonly NewEvent[],
  pace: Pace,
) => Promise<readonly Step[]>;

type EventRowValues = readonly [
  site: string,
  counter: string,
  back: number,
  at: number,
  type: string,
  body: string,
];

export function createEventSteps({ db }: Dialect): EventSteps {
  const insertEvents = createBulk<EventRowValues>((rows) =>
    db.insertInto('event').values(
      rows.map(([site, counter, back, at, type, body]) => ({
        site,
        seq: sql<number>`(select seq from event_counter where site = ${counter}) - ${back}`,
        at,
        type,
        body_json: body,
      })),
    ),
  );

  return async (site, at, events, pace) => {
    if (events.length === 0) return [];
    const take = db
      .insertInto('event_counter')
      .values({ site, seq: events.length })
      .onConflict((conflict) =>
        conflict.column('site').doUpdateSet({ seq: sql<number>`event_counter.seq + excluded.seq` }),
      );
    const last = events.length - 1;
    const rowOf = ({ type, body }: NewEvent, i: number): EventRowValues => {
      return [site, site, last - i, at, type, JSON.stringify(body())];
    };
    return [step(take), ...(await insertEvents(events, rowOf, pace))];
  };
}
