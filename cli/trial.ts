import { readFile } from 'node:fs/promises';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { toTrialJson } from '../contracts/http/trials.ts';
import type { TrialNews } from '../core/ports/trials.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import { spanOptions } from './evidence/span-options.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';
import { systemClock } from './parts/system-clock.ts';
import { createTrials } from './trials/create-trials.ts';
import { beginFileTrial, type FileTrial, type FileTrialBegun } from './trials/file-trial.ts';

const USAGE = 'usage: relight trial --site ID --with changed.site.json [--from ISO] [--to ISO] [--pretty]';
const LOOK_MS = 500;

const REASONS = {
  busy: 'a trial is running: one at a time for each site, and two in all',
  unknown_site: 'there is no such site',
  no_evidence: 'the evidence log has nothing for this time',
} as const;

const FAILURES = {
  too_long: 'it took too long: try a shorter span with --from and --to',
  too_large: 'it took too much memory: try a shorter span with --from and --to',
  broken: 'it broke off: the log says why',
} as const;

/** Where trials are run: the server, or this process. */
interface Place {
  begin(asked: FileTrial): Promise<FileTrialBegun>;
  news(site: string, id: string): Promise<TrialNews | null>;
  close(): Promise<void>;
}

/** `relight trial`: incidents, messages and their cost with a changed site file beside those without, as JSON on stdout. */
export async function runTrial(argv: string[], io: Io): Promise<number> {
  const { values } = readOptions(argv, USAGE, 0, {
    site: { type: 'string' },
    with: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    pretty: { type: 'boolean' },
  });
  const { site, with: path, pretty = false } = values;
  if (site === undefined || path === undefined) throw new Complaint(USAGE);
  const file = await readJson(path);
  const { DATA_DIR } = configurationOf(process.env);
  const place = (await placeOnServer(DATA_DIR)) ?? (await placeHere());
  try {
    const begun = await place.begin({ site, file, ...spanOptions(values) });
    if (begun.outcome === 'refused')
      throw new Complaint(
        `${path} is refused:\n${begun.faults.map((one) => `  ${one.path}: ${one.message}`).join('\n')}`,
      );
    if (begun.outcome !== 'begun') throw new Complaint(REASONS[begun.outcome]);
    for (const { path: at, message } of begun.warnings) io.stderr(`${path} ${at}: ${message}\n`);
    const news = await follow(place, site, begun.id, io);
    if (news.failure !== null) throw new Complaint(FAILURES[news.failure]);
    io.stdout(`${JSON.stringify(toTrialJson(news), null, pretty ? 2 : 0)}\n`);
    return 0;
  } finally {
    await place.close();
  }
}

async function follow(place: Place, site: string, id: string, io: Io): Promise<TrialNews> {
  let told = 0;
  for (;;) {
    const news = await place.news(site, id);
    if (news === null)
      throw new Complaint('the trial is gone: the server was restarted, or another was begun');
    if (news.state !== 'running') return news;
    const percent = Math.floor(news.progress * 100);
    if (percent >= told + 10) {
      io.stderr(`${percent} %\n`);
      told = percent;
    }
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
}

/** Null when no server runs on this data. */
async function placeOnServer(dataDirectory: string): Promise<Place | null> {
  if ((await askServer(dataDirectory, 'ping', {})) === null) return null;
  async function ask(action: string, argument: unknown): Promise<unknown> {
    const answer = await askServer(dataDirectory, action, argument);
    if (answer === null) throw new Complaint('the server went away');
    return answer.result;
  }
  return {
    // Both ends are of one version: the server refuses what it does not know.
    begin: async (asked) => (await ask('trial', asked)) as FileTrialBegun,
    news: async (site, id) => (await ask('trial-news', { site, id })) as TrialNews | null,
    close: async () => undefined,
  };
}

async function placeHere(): Promise<Place> {
  const log = createLogger({ level: 'error' });
  const stores = await openStores(configurationOf(process.env), log);
  const trials = createTrials({ stores, bus: null, clock: systemClock, log });
  const profiles = await loadProfiles();
  return {
    begin: (asked) => beginFileTrial(asked, trials, profiles),
    news: async (site, id) => trials.news(site, id),
    async close() {
      await trials.stop();
      await stores.close();
    },
  };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Complaint(`${path} cannot be read (${cause.code})`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Complaint(`${path} is no JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
