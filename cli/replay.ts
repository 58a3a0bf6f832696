import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { parseInstant } from '../contracts/instant.ts';
import { createEventReader, type ReplayEvent } from '../contracts/replay.ts';
import { parseSite } from '../contracts/site-file.ts';
import type { Site } from '../core/topology/site.ts';
import type { Fault } from '../core/units/fault.ts';
import type { Instant } from '../core/units/time.ts';
import type { Io } from './io.ts';
import { foldEvents } from './replay/fold.ts';

const USAGE = 'usage: relight replay --site S.site.json --events E.jsonl [--until ISO] [--pretty]\n';

/** Exit code for input that is wrong: every fault stands on stderr. */
const FAULTY = 2;

/** What a recorded stream of messages leads to, as one JSON object on stdout (DESIGN 4.3). */
export async function runReplay(argv: string[], io: Io): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return complain(io, [`${options}\n`, USAGE]);
  const [siteText, eventText] = await Promise.all([readText(options.site), readText(options.events)]);
  if (siteText === null || eventText === null) {
    const missing = [siteText === null ? options.site : [], eventText === null ? options.events : []].flat();
    return complain(
      io,
      missing.map((path) => `${path}: cannot be read\n`),
    );
  }
  const profiles = await loadProfiles();
  const site = readSite(siteText, (id) => profiles.has(id));
  const events = readEvents(eventText, 'site' in site ? site.site.site.nominal_v : 230);
  const faults = [
    ...('faults' in site ? site.faults.map((fault) => lineOf(options.site, fault)) : []),
    ...('faults' in events ? events.faults.map((fault) => lineOf(options.events, fault)) : []),
  ];
  if ('faults' in site || 'faults' in events) return complain(io, faults);
  const result = foldEvents(site.site, profiles, events.events, options.until);
  io.stdout(`${JSON.stringify(result, null, options.pretty ? 2 : 0)}\n`);
  return 0;
}

interface Options {
  readonly site: string;
  readonly events: string;
  readonly until: Instant | null;
  readonly pretty: boolean;
}

function readOptions(argv: string[]): Options | string {
  let values: { site?: string; events?: string; until?: string; pretty?: boolean };
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        site: { type: 'string' },
        events: { type: 'string' },
        until: { type: 'string' },
        pretty: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { site, events, until, pretty = false } = values;
  if (site === undefined || events === undefined) return '--site and --events are needed';
  const instant = until === undefined ? null : parseInstant(until);
  if (until !== undefined && instant === null) return `--until: '${until}' is not an RFC 3339 instant`;
  return { site, events, until: instant, pretty };
}

function complain(io: Io, lines: readonly string[]): number {
  for (const line of lines) io.stderr(line);
  return FAULTY;
}

function lineOf(file: string, { path, code, message }: Fault): string {
  return `${file} ${path}: ${code}: ${message}\n`;
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

function readSite(text: string, has: (id: string) => boolean): { site: Site } | { faults: readonly Fault[] } {
  try {
    return parseSite(JSON.parse(text), { has });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [{ path: '', code: 'malformed_json', message }] };
  }
}

function readEvents(
  text: string,
  nominal_v: number,
): { events: ReplayEvent[] } | { faults: readonly Fault[] } {
  const reader = createEventReader(nominal_v);
  const events: ReplayEvent[] = [];
  for (const line of text.split('\n')) {
    const event = reader.read(line);
    if (event !== null) events.push(event);
  }
  const faults = reader.faults();
  return faults.length > 0 ? { faults } : { events };
}
