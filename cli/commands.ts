import type { Run } from './io.ts';

interface Command {
  readonly summary: string;
  load(): Promise<Run>;
}

/** Every command of the program, each loaded only when it is asked for. */
export const commands: Readonly<Record<string, Command>> = {
  start: {
    summary: 'the whole platform in one process',
    load: async () => (await import('./start.ts')).runStart,
  },
  run: {
    summary: 'some services in this process: relight run ingest,api',
    load: async () => (await import('./run.ts')).runServices,
  },
  ...Object.fromEntries(
    ['ingest', 'alerting', 'settlement', 'api'].map((service) => [
      service,
      {
        summary: `${service} as a process of its own`,
        load: async () => (await import('./run.ts')).runOne(service),
      },
    ]),
  ),
  broker: {
    summary: 'not by itself: the embedded broker runs where ingest does, with start',
    load: async () => (await import('./run.ts')).runOne('broker'),
  },
  simulate: {
    summary: 'simulated meters for a site, as a process of their own',
    load: async () => (await import('./simulate.ts')).runSimulate,
  },
  replay: {
    summary: 'what a recorded stream of messages leads to: incidents, interruptions, notices',
    load: async () => (await import('./replay.ts')).runReplay,
  },
  evidence: {
    summary: 'what detection saw of an incident, as files for replay: relight evidence export',
    load: async () => (await import('./evidence.ts')).runEvidence,
  },
  trial: {
    summary: 'what a change of topology or detection would have made of the last 30 days',
    load: async () => (await import('./trial.ts')).runTrial,
  },
  audit: {
    summary: 'whether the audit log is whole: relight audit verify',
    load: async () => (await import('./audit.ts')).runAudit,
  },
  'admin-link': {
    summary: 'a new one-time link that creates an administrator',
    load: async () => (await import('./admin-link.ts')).runAdminLink,
  },
  'import-site': {
    summary: 'a site file into the platform, or with --dry-run everything that is wrong with it',
    load: async () => (await import('./import-site.ts')).runImportSite,
  },
  credentials: {
    summary: 'secrets for the devices of a site that have none',
    load: async () => (await import('./credentials.ts')).runCredentials,
  },
  backup: {
    summary: 'a folder that a platform can be restored from, also while it runs',
    load: async () => (await import('./backup.ts')).runBackup,
  },
  restore: {
    summary: 'a backup into the data folder',
    load: async () => (await import('./restore.ts')).runRestore,
  },
  migrate: {
    summary: "the database to this program's schema",
    load: async () => (await import('./migrate.ts')).runMigrate,
  },
  fund: {
    summary: 'whether the books of the compensation fund hold: relight fund verify',
    load: async () => (await import('./fund.ts')).runFund,
  },
  backtest: {
    summary: 'what a compensation scheme would have cost over a period, beside the one in force',
    load: async () => (await import('./backtest.ts')).runBackTest,
  },
  assess: {
    summary: 'what a compensation scheme says about one case',
    load: async () => (await import('./assess.ts')).runAssess,
  },
};
