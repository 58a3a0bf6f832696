import { open } from 'node:fs/promises';
import { createLogger } from '../adapters/log/pino-logger.ts';
import type { Configuration } from '../contracts/configuration.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';
import { systemClock } from './parts/system-clock.ts';
import { type IssueOutcome, isIssueOutcome, issueCredentials } from './sites/issue-credentials.ts';

const USAGE = 'usage: relight credentials SITE --out FILE   (a file that does not exist yet)';

/** `relight credentials SITE --out FILE`: secrets for devices and gateways that have none, told this once. */
export async function runCredentials(argv: string[], io: Io): Promise<number> {
  const { names, values } = readOptions(argv, USAGE, 1, { out: { type: 'string' } });
  if (values.out === undefined) throw new Complaint(USAGE);
  const out = values.out;
  // Opened first: a secret that cannot be written down is lost.
  const file = await open(out, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new Complaint(
      `${out} ${cause.code === 'EEXIST' ? 'exists already' : `cannot be written (${cause.code})`}`,
      {
        cause,
      },
    );
  });
  try {
    const outcome = await issue(configurationOf(process.env), names[0] ?? '');
    if (!outcome.ok) throw new Complaint(`there is no site '${outcome.unknownSite}'`);
    await file.writeFile(`${JSON.stringify(outcome.secrets, null, 2)}\n`);
    await file.sync();
    io.stdout(
      `${Object.keys(outcome.secrets).length} secrets written to ${out}; they are kept nowhere else\n`,
    );
  } finally {
    await file.close();
  }
  return 0;
}

async function issue(configuration: Configuration, site: string): Promise<IssueOutcome> {
  const answer = await askServer(configuration.DATA_DIR, 'credentials', site);
  if (answer !== null) {
    if (isIssueOutcome(answer.result)) return answer.result;
    throw new Complaint('the running server is of another version: restart it');
  }
  const stores = await openStores(configuration, createLogger({ level: 'error' }));
  try {
    return await issueCredentials(site, { stores, clock: systemClock });
  } finally {
    await stores.close();
  }
}
