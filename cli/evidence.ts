import { resolve } from 'node:path';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import {
  type ExportAsked,
  type ExportOutcome,
  exportEvidence,
  isExportOutcome,
} from './evidence/export-evidence.ts';
import { spanOptions } from './evidence/span-options.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';
import { systemClock } from './parts/system-clock.ts';

const USAGE =
  'usage: relight evidence export --site ID (--incident ID | [--from ISO] [--to ISO]) [--out FOLDER]';

const REASONS = {
  unknown_site: 'there is no such site',
  unknown_incident: 'there is no such incident at this site',
  no_evidence: 'the evidence log has nothing for this time',
  file_exists: 'a file of that name is there already: choose another folder with --out',
} as const;

/** `relight evidence export`: an incident or a span as site and events for `relight replay`. */
export async function runEvidence(argv: string[], io: Io): Promise<number> {
  const { names, values } = readOptions(argv, USAGE, 1, {
    site: { type: 'string' },
    incident: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    out: { type: 'string' },
  });
  const { site, incident = null, out = '.' } = values;
  const spanned = values.from !== undefined || values.to !== undefined;
  if (names[0] !== 'export' || site === undefined || (incident !== null && spanned))
    throw new Complaint(USAGE);
  const outcome = await ask({ site, incident, ...spanOptions(values), folder: resolve(out) });
  if (!outcome.ok) throw new Complaint(REASONS[outcome.reason]);
  const { siteFile, eventFile, events, from, until, siteChanged } = outcome;
  io.stdout(`${events} events from ${from}\n`);
  io.stdout(`relight replay --site ${siteFile} --events ${eventFile} --until ${until}\n`);
  if (siteChanged)
    io.stderr(
      'the site was changed after these events began: what depends on the change may come out otherwise\n',
    );
  return 0;
}

async function ask(asked: ExportAsked): Promise<ExportOutcome> {
  const configuration = configurationOf(process.env);
  const answer = await askServer(configuration.DATA_DIR, 'evidence-export', asked);
  if (answer !== null) {
    if (isExportOutcome(answer.result)) return answer.result;
    throw new Complaint('the running server is of another version: restart it');
  }
  const stores = await openStores(configuration, createLogger({ level: 'error' }));
  try {
    return await exportEvidence(asked, { stores, bus: null, clock: systemClock });
  } finally {
    await stores.close();
  }
}
