import { foldEvents } from '../../cli/replay/fold.ts';
import type { ReplayEvent } from '../../contracts/replay.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { FieldEvent } from '../../test/support/field.ts';
import { drawCourse } from './course.ts';
import type { Grid } from './grid.ts';
import { type Score, scoreOf } from './score.ts';
import { streamOf } from './stream.ts';

const encoder = new TextEncoder();

/** Draws the course of a seed, replays what arrives, and judges the outcome. */
export function playCourse(grid: Grid, profiles: Profiles, seed: number): Score {
  const course = drawCourse(grid, seed);
  const stream = streamOf(grid, course, profiles);
  const result = foldEvents(grid.site, profiles, replayOf(stream.events), course.until);
  return scoreOf(grid, course, stream, result);
}

export function* replayOf(events: readonly FieldEvent[]): Generator<ReplayEvent> {
  for (const { at, topic, payload } of events) {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    yield { kind: 'message', at, topic, payload: encoder.encode(text), retain: false, stored: false };
  }
}

/** The same as lines of an event file. */
export function linesOf(events: readonly FieldEvent[]): string {
  return events
    .map(
      ({ at, topic, payload }) => `${JSON.stringify({ at: new Date(at).toISOString(), topic, payload })}\n`,
    )
    .join('');
}
