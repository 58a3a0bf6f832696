import { readFile } from 'node:fs/promises';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { type ParsedSite, parseSite } from '../contracts/site-file.ts';
import type { Fault } from '../core/units/fault.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';
import { systemClock } from './parts/system-clock.ts';
import { type ImportOutcome, importSite, isImportOutcome } from './sites/import-site.ts';

const USAGE = 'usage: relight import-site FILE [--dry-run]';

/** `relight import-site FILE`: a property into the running server, or into its stores when none runs. */
export async function runImportSite(argv: string[], io: Io): Promise<number> {
  const { names, values } = readOptions(argv, USAGE, 1, {
    'dry-run': { type: 'boolean' },
  });
  const path = names[0] ?? '';
  const file = await readJson(path);
  const profiles = await loadProfiles();
  const parsed = parseSite(file, profiles);
  if ('faults' in parsed) throw new Complaint(`${path} is refused:\n${linesOf(parsed.faults)}`);
  if (parsed.warnings.length > 0) io.stderr(`${path}, to be looked at:\n${linesOf(parsed.warnings)}\n`);
  io.stdout(`${summaryOf(parsed)}\n`);
  if (values['dry-run']) {
    io.stdout('the file is good; nothing was changed\n');
    return 0;
  }
  const outcome = await storeIt(file, profiles);
  if (!outcome.ok) throw new Complaint(`${path} is refused:\n${linesOf(outcome.faults)}`);
  io.stdout(`stored as version ${outcome.version} of site ${outcome.site}\n`);
  return 0;
}

async function storeIt(
  file: unknown,
  profiles: Awaited<ReturnType<typeof loadProfiles>>,
): Promise<ImportOutcome> {
  const configuration = configurationOf(process.env);
  const answer = await askServer(configuration.DATA_DIR, 'import-site', file);
  if (answer !== null) {
    if (isImportOutcome(answer.result)) return answer.result;
    throw new Complaint('the running server is of another version: restart it');
  }
  const stores = await openStores(configuration, createLogger({ level: 'error' }));
  try {
    return await importSite(file, { stores, profiles, clock: systemClock });
  } finally {
    await stores.close();
  }
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

function summaryOf({ site }: Extract<ParsedSite, { site: unknown }>): string {
  const { nodes, devices, gateways, premises } = site;
  return `${site.site.name} (${site.site.id}): ${nodes.length} nodes, ${devices.length} devices, ${gateways.length} gateways, ${premises.length} premises`;
}

function linesOf(faults: readonly Fault[]): string {
  return faults.map(({ path, message }) => `  ${path === '' ? '/' : path}: ${message}`).join('\n');
}
