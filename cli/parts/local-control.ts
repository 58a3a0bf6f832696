import type { LocalControl } from '../../api/deps.ts';
import type { BackTests } from '../../core/ports/back-tests.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Trials } from '../../core/ports/trials.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { backTestActions } from '../back-test-actions.ts';
import { createBackupJob } from '../backup/backup-job.ts';
import { writeBackup } from '../backup/write-backup.ts';
import { announceControl, newControlToken, withdrawControl } from '../control.ts';
import { exportEvidence, isExportAsked } from '../evidence/export-evidence.ts';
import { verifyFunds } from '../fund.ts';
import { packageVersion } from '../package-version.ts';
import { importSite } from '../sites/import-site.ts';
import { issueCredentials } from '../sites/issue-credentials.ts';
import { beginFileTrial, isFileTrial } from '../trials/file-trial.ts';
import type { Ground } from './ground.ts';
import type { IngestSide } from './ingest.ts';

export interface ControlDeps {
  readonly ground: Ground;
  readonly side: IngestSide | null;
  readonly adminLink: () => Promise<string>;
  readonly credentialChanged: (site: string, client: string) => void;
  readonly trials: Trials;
  readonly backTests: BackTests;
}

/** What this machine's own shell may ask of the running server, and the file through which it finds it. */
export function createLocalControl(deps: ControlDeps): {
  readonly control: LocalControl;
  announced(url: () => string): Lifecycle;
} {
  const { ground } = deps;
  const token = newControlToken();
  const backup = createBackupJob((to, tell) => backupOf(deps, to, tell));
  const known = { stores: ground.stores, profiles: ground.profiles, clock: ground.clock };
  return {
    control: {
      token,
      actions: {
        ping: async () => 'here',
        'admin-link': deps.adminLink,
        backup: async (to) => {
          backup.start(String(to));
          return 'begun';
        },
        'backup-news': async () => backup.news(),
        'import-site': async (argument) => {
          const outcome = await importSite(argument, known);
          if (outcome.ok) ground.bus.publish('site', { site: outcome.site });
          return outcome;
        },
        'evidence-export': async (asked) => {
          if (!isExportAsked(asked)) throw new Error('the command is of another version');
          return exportEvidence(asked, { stores: ground.stores, bus: ground.bus, clock: ground.clock });
        },
        'audit-verify': async (asked) => {
          const { site } = asked as { site: unknown };
          return verifyAudit(ground.stores, typeof site === 'string' ? site : null);
        },
        trial: async (asked) => {
          if (!isFileTrial(asked)) throw new Error('the command is of another version');
          return beginFileTrial(asked, deps.trials, ground.profiles);
        },
        'trial-news': async (asked) => {
          const { site, id } = asked as { site: string; id: string };
          return deps.trials.news(String(site), String(id));
        },
        'fund-verify': (site) => verifyFunds(ground.stores, site === null ? null : String(site)),
        ...backTestActions(ground, deps.backTests),
        credentials: async (site) => {
          const outcome = await issueCredentials(String(site), known);
          if (outcome.ok)
            for (const id of Object.keys(outcome.secrets)) deps.credentialChanged(String(site), id);
          return outcome;
        },
      },
    },
    announced: (url) => ({
      start: () => announceControl(ground.configuration.DATA_DIR, url(), token),
      stop: () => withdrawControl(ground.configuration.DATA_DIR),
    }),
  };
}

async function backupOf(
  { ground, side }: ControlDeps,
  to: string,
  tell: (line: string) => void,
): Promise<void> {
  const { configuration, stores, clock } = ground;
  await writeBackup(to, {
    dataDirectory: configuration.DATA_DIR,
    copyDatabase: (file) => stores.backup(file),
    copyReadings: configuration.INFLUX_URL === undefined && side !== null ? side.readings.copyTo : null,
    version: packageVersion(),
    at: new Date(clock.now()).toISOString(),
    tell,
  });
}
