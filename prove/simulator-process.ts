import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScenarioJson } from '../contracts/simulator.ts';
import { type DarkLine, readTruth } from '../simulators/truth.ts';
import type { PlayedSite } from './short-demo-site.ts';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** One telemetry message that the platform confirmed. */
export interface Confirmed {
  readonly device: string;
  readonly ts: number;
}

export interface SimulatorProcess {
  /** When its timeline began, epoch ms: steps of the scenario count from here. */
  readonly startedAt: number;
  truth(): readonly DarkLine[];
  /** When an action of the scenario really happened. */
  acted(action: string): number | undefined;
  confirmed(): readonly Confirmed[];
  stop(): Promise<void>;
}

export interface SimulatorRun {
  /** For its files. */
  readonly directory: string;
  readonly played: PlayedSite;
  readonly secrets: ReadonlyMap<string, string>;
  readonly mqttPort: number;
  readonly modbusPort: number;
  readonly scenario: ScenarioJson;
  readonly seed: string;
}

/** The simulated world as a process of its own, which outlives whatever happens to the platform. */
export async function startSimulatorProcess(run: SimulatorRun): Promise<SimulatorProcess> {
  const file = (name: string) => join(run.directory, name);
  writeFileSync(file('played.site.json'), JSON.stringify(run.played.file));
  writeFileSync(file('secrets.json'), JSON.stringify(Object.fromEntries(run.secrets)), { mode: 0o600 });
  writeFileSync(file('scenario.json'), JSON.stringify(run.scenario));
  const child = spawn(
    process.execPath,
    [
      ...[MAIN, 'simulate', '--site', file('played.site.json'), '--credentials', file('secrets.json')],
      ...['--broker', `mqtt://127.0.0.1:${run.mqttPort}`, '--modbus-port', String(run.modbusPort)],
      ...['--scenario', file('scenario.json'), '--truth', file('truth.jsonl')],
      ...['--acknowledged', file('acknowledged.txt'), '--seed', run.seed],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the simulator ended with ${code}`);
    }),
  ]);
  return {
    startedAt: Date.now(),
    truth: () => readTruth(readFileSync(file('truth.jsonl'), 'utf8')),
    acted(action) {
      for (const line of readFileSync(file('truth.jsonl'), 'utf8').split('\n')) {
        if (line.startsWith('{"action"') && line.includes(`"${action}"`))
          return Date.parse(JSON.parse(line).at);
      }
      return undefined;
    },
    confirmed: () => readFileSync(file('acknowledged.txt'), 'utf8').split('\n').flatMap(readConfirmed),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function readConfirmed(line: string): Confirmed[] {
  const space = line.indexOf(' ');
  const [, , device = '', kind] = line.slice(0, space).split('/');
  if (kind !== 'telemetry') return [];
  const { ts }: { ts: number } = JSON.parse(line.slice(space));
  return [{ device, ts }];
}
