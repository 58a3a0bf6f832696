import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import type { ScenarioJson } from '../contracts/simulator.ts';
import { parseSite } from '../contracts/site-file.ts';
import { parseModbusAddress } from '../core/topology/modbus-address.ts';
import type { Site } from '../core/topology/site.ts';
import type { Fault } from '../core/units/fault.ts';
import { createSimulator } from './app.ts';
import { parseScenario } from './scenario.ts';

export const SIMULATE_USAGE = `usage: relight simulate --site FILE --broker URL [options]

  --site FILE          site file whose network and devices are played
  --broker URL         mqtt://host:port
  --credentials FILE   JSON object: secret per gateway or device id
  --scenario FILE      what happens when
  --truth FILE         ground truth is written here, one JSON object a line
  --acknowledged FILE  what the broker confirmed is written here, one topic and payload a line
  --seed TEXT          another seed, another run (default: relight)
  --speed N            simulated seconds per second (default: 1)
  --modbus-port N      where the Modbus meters answer on loopback; 0 takes a free port, 'none' leaves them out
                       (default: the loopback port that the site's Modbus meters name)
  --gasp-share N       share of meters whose last message gets out, 0 to 1 (default: the site's gaspProbability)
  --log-level LEVEL    debug, info, warn or error (default: warn)
`;

interface Streams {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** A file or option the person at the keyboard can mend. */
class Unusable extends Error {}

/** Plays a site until `until` resolves. Resolves with the exit code: 2 for wrong options or files, 1 when a port is taken. */
export async function runSimulator(argv: string[], io: Streams, until: Promise<void>): Promise<number> {
  let options: Options;
  try {
    options = readOptions(argv);
  } catch (error) {
    io.stderr(
      `relight simulate: ${error instanceof Error ? error.message : String(error)}\n\n${SIMULATE_USAGE}`,
    );
    return 2;
  }
  const { truthFile, acknowledgedFile, ...deps } = options;
  for (const file of [truthFile, acknowledgedFile]) if (file !== undefined) writeFileSync(file, '');
  const simulator = createSimulator({
    ...deps,
    profiles: await loadProfiles(),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    log: createLogger({ level: options.level, base: { service: 'simulator' } }),
    // Written at once: the truth must survive whatever ends this process.
    ...(truthFile === undefined
      ? {}
      : { truth: (lines) => appendFileSync(truthFile, `${lines.join('\n')}\n`) }),
    ...(acknowledgedFile === undefined
      ? {}
      : { acknowledged: ({ topic, payload }) => appendFileSync(acknowledgedFile, `${topic} ${payload}\n`) }),
  });
  try {
    await simulator.start();
  } catch (error) {
    await simulator.stop();
    io.stderr(`relight simulate: ${startFailure(error, deps.modbusPort)}\n`);
    return 1;
  }
  const { connections } = simulator.counts();
  io.stdout(
    `simulating ${deps.site.site.name}: ${deps.site.devices.length} devices over ${connections} connections\n`,
  );
  await until;
  await simulator.stop();
  return 0;
}

type Options = ReturnType<typeof readOptions>;

function readOptions(argv: string[]) {
  const { values } = parseArgs({
    args: argv,
    options: {
      site: { type: 'string' },
      broker: { type: 'string' },
      credentials: { type: 'string' },
      scenario: { type: 'string' },
      truth: { type: 'string' },
      acknowledged: { type: 'string' },
      seed: { type: 'string', default: 'relight' },
      speed: { type: 'string', default: '1' },
      'modbus-port': { type: 'string' },
      'gasp-share': { type: 'string' },
      'log-level': { type: 'string', default: 'warn' },
    },
  });
  if (values.site === undefined) throw new Unusable('--site is missing');
  if (
    values.broker === undefined ||
    !/^(mqtts?|wss?):\/\//.test(values.broker) ||
    !URL.canParse(values.broker)
  ) {
    throw new Unusable('--broker must be a URL such as mqtt://127.0.0.1:1883');
  }
  const site = readSite(values.site);
  return {
    site,
    broker: values.broker,
    credentials: values.credentials === undefined ? {} : readCredentials(values.credentials),
    seed: values.seed,
    speed: numberOption('--speed', values.speed, 0.01, 1_000),
    level: readLevel(values['log-level']),
    modbusPort: readModbusPort(values['modbus-port'], site),
    ...(values['gasp-share'] === undefined
      ? {}
      : { gaspProbability: numberOption('--gasp-share', values['gasp-share'], 0, 1) }),
    ...(values.scenario === undefined ? {} : { scenario: readScenario(values.scenario) }),
    truthFile: values.truth,
    acknowledgedFile: values.acknowledged,
  };
}

function readSite(file: string): Site {
  const parsed = parseSite(readJson(file));
  if ('faults' in parsed) throw new Unusable(listed(file, parsed.faults));
  return parsed.site;
}

function readScenario(file: string): ScenarioJson {
  const parsed = parseScenario(readJson(file));
  if ('faults' in parsed) throw new Unusable(listed(file, parsed.faults));
  return parsed.scenario;
}

function readCredentials(file: string): Readonly<Record<string, string>> {
  const json = readJson(file);
  if (typeof json !== 'object' || json === null)
    throw new Unusable(`${file} is no JSON object of id and secret`);
  return Object.fromEntries(
    Object.entries(json).map(([id, secret]: [string, unknown]) => {
      if (typeof secret !== 'string') throw new Unusable(`${file}: the secret of '${id}' is no text`);
      return [id, secret];
    }),
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Unusable(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readModbusPort(text: string | undefined, site: Site): number | null {
  if (text === 'none') return null;
  if (text !== undefined) return numberOption('--modbus-port', text, 0, 65_535);
  const named = site.devices.map(({ address }) => parseModbusAddress(address ?? ''));
  return named.find((one) => one?.host === '127.0.0.1')?.port ?? null;
}

function readLevel(text: string) {
  const level = (['debug', 'info', 'warn', 'error'] as const).find((one) => one === text);
  if (level === undefined) throw new Unusable('--log-level must be debug, info, warn or error');
  return level;
}

function numberOption(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= low && value <= high))
    throw new Unusable(`${name} must be a number from ${low} to ${high}`);
  return value;
}

function listed(file: string, faults: readonly Fault[]): string {
  return [`${file} is refused:`, ...faults.map(({ path, message }) => `  ${path}: ${message}`)].join('\n');
}

function startFailure(error: unknown, port: number | null): string {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return taken ? `Modbus port ${port} is taken; choose another with --modbus-port` : String(error);
}
