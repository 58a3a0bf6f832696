import { parseArgs } from 'node:util';
import type { Io } from './io.ts';
import { startServices } from './running.ts';
import { untilSignal } from './until-signal.ts';

const USAGE = 'usage: relight start\n\nEverything is configured by environment variables; see README.md.\n';

/** `relight start`: everything in one process, until a signal. */
export async function runStart(argv: string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { help: { type: 'boolean' } } });
  if (values.help) {
    io.stdout(USAGE);
    return 0;
  }
  const stopped = untilSignal();
  const platform = await startServices(process.env);

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

  await stopped;
  await platform.stop();
  return 0;
}
