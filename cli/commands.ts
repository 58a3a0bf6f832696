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
  simulate: {
    summary: 'simulated meters for a site, as a process of their own',
    load: async () => (await import('./simulate.ts')).runSimulate,
  },
  replay: {
    summary: 'what a recorded stream of messages leads to: incidents, interruptions, notices',
    load: async () => (await import('./replay.ts')).runReplay,
  },
  'admin-link': {
    summary: 'a new one-time link that creates an administrator',
    load: async () => (await import('./admin-link.ts')).runAdminLink,
  },
  assess: {
    summary: 'what a compensation scheme says about one case',
    load: async () => (await import('./assess.ts')).runAssess,
  },
};
