import { parseArgs } from 'node:util';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { redacted } from '../contracts/configuration.ts';
import type { Io } from './io.ts';
import { Complaint } from './complaint.ts';
import { configurationOf } from './parts/configuration.ts';
import { buildPlatform } from './parts/platform.ts';
import { untilSignal } from './until-signal.ts';

const USAGE = 'usage: relight start\n\nEverything is configured by environment variables; see README.md.\n';

/** `relight start`: everything in one process, until a signal. */
export async function runStart(argv: string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { help: { type: 'boolean' } } });
  if (values.help) {
    io.stdout(USAGE);
    return 0;
  }
  const configuration = configurationOf(process.env);
  const log = createLogger({ level: configuration.LOG_LEVEL, base: { service: 'relight' } });
  log.debug('configuration', redacted(configuration));

  const platform = await buildPlatform(configuration, log);
  try {
    await platform.start();
  } catch (error) {
    await platform.stop();
    throw complaintOf(error);
  }

  io.stdout(`\n  Relight 复电 is running: ${platform.url()}\n`);
  const link = await platform.firstAdministrator();
  if (link !== null) io.stdout(`  Create the first administrator (once, within 24 h): ${link}\n`);
  io.stdout('\n');
  // Whoever started us may want to start a simulator beside us.
  process.send?.({
    ready: true,
    url: platform.url(),
    mqttPort: platform.mqttPort(),
    simulate: platform.simulatorArguments(),
  });

  await untilSignal();
  await platform.stop();
  return 0;
}

/** What a person can mend at the keyboard, in their words; anything else keeps its stack. */
function complaintOf(error: unknown): unknown {
  if (error instanceof Complaint || !(error instanceof Error)) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause ? cause.code : undefined;
  const port = 'port' in cause ? cause.port : '?';
  if (code === 'EADDRINUSE') {
    return new Complaint(
      `port ${port} is in use: stop what uses it, or set HTTP_PORT or MQTT_PORT to another (0 takes a free one)`,
      {
        cause: error,
      },
    );
  }
  if (code === 'EACCES' && 'syscall' in error && error.syscall === 'listen') {
    return new Complaint(
      `port ${port} is not ours to open: choose one above 1023 with HTTP_PORT or MQTT_PORT`,
      { cause: error },
    );
  }
  if (code === 'EADDRNOTAVAIL') {
    return new Complaint(
      'the address to listen on is not one of this machine: change HTTP_HOST or MQTT_HOST',
      { cause: error },
    );
  }
  return error;
}
