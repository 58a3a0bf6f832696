import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { serveWorker } from '../../adapters/thread/worker-server.ts';
import { createEventReader } from '../../contracts/replay.ts';
import type { Site } from '../../core/topology/site.ts';
import { compareRuns } from '../../core/trials/compare.ts';
import type { TrialResult } from '../../core/trials/trial.ts';
import { createTrialBook } from '../../core/trials/trial-book.ts';
import type { Instant } from '../../core/units/time.ts';
import { createReplay, type Replay } from '../replay/replay-run.ts';

// The thread of one trial: both replays go through the evidence side by side, so that it is read once.

export interface TrialSetting {
  readonly before: Site;
  readonly after: Site;
  readonly until: Instant;
}

export type TrialProcedures = {
  begin(setting: TrialSetting): Promise<null>;
  /** Event lines, going on where the last ones ended. */
  feed(lines: readonly string[]): null;
  finish(): TrialResult;
};

interface Side {
  readonly replay: Replay;
  readonly book: ReturnType<typeof createTrialBook>;
}

let sides: { readonly before: Side; readonly after: Side } | null = null;
let reader = createEventReader();
let until: Instant = 0;

function started() {
  if (sides === null) throw new Error('the trial has not begun');
  return sides;
}

serveWorker<TrialProcedures>({
  async begin(setting) {
    const profiles = await loadProfiles();
    const sideOf = (site: Site): Side => {
      const book = createTrialBook(site);
      const take = book.take;
      return {
        book,
        replay: createReplay({ site, profiles, until: setting.until, take, refuse: () => undefined }),
      };
    };
    sides = { before: sideOf(setting.before), after: sideOf(setting.after) };
    until = setting.until;
    reader = createEventReader(setting.before.site.nominal_v);
    return null;
  },
  feed(lines) {
    const { before, after } = started();
    for (const line of lines) {
      const event = reader.read(line);
      if (event === null) continue;
      for (const { replay, book } of [before, after]) {
        try {
          replay.give(event);
        } catch {
          book.passOver();
        }
      }
    }
    return null;
  },
  finish() {
    const { before, after } = started();
    before.replay.end();
    after.replay.end();
    return compareRuns(before.book.close(until), after.book.close(until));
  },
});
