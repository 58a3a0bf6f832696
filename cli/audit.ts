import { createLogger } from '../adapters/log/pino-logger.ts';
import { type ChainReport, isChainReports, verifyAudit } from './audit/verify-audit.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';

const USAGE = 'usage: relight audit verify [--site ID]';

/** `relight audit verify`: whether the audit log of each site is whole, entry by entry; ends with 1 when one is not. */
export async function runAudit(argv: string[], io: Io): Promise<number> {
  const { names, values } = readOptions(argv, USAGE, 1, { site: { type: 'string' } });
  if (names[0] !== 'verify') throw new Complaint(USAGE);
  const reports = await ask(values.site ?? null);
  for (const { site, entries, head, brokenAt } of reports) {
    const name = site === '' ? '(no site)' : site;
    io.stdout(
      brokenAt === null
        ? `${name}: ${entries} entries hold together, head ${head}\n`
        : `${name}: broken at entry ${brokenAt} of ${entries}\n`,
    );
  }
  return reports.every(({ brokenAt }) => brokenAt === null) ? 0 : 1;
}

async function ask(site: string | null): Promise<readonly ChainReport[]> {
  const configuration = configurationOf(process.env);
  const answer = await askServer(configuration.DATA_DIR, 'audit-verify', { site });
  if (answer !== null) {
    if (isChainReports(answer.result)) return answer.result;
    throw new Complaint('the running server is of another version: restart it');
  }
  const stores = await openStores(configuration, createLogger({ level: 'error' }));
  try {
    return await verifyAudit(stores, site);
  } finally {
    await stores.close();
  }
}
