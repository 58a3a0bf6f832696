import { Complaint } from './complaint.ts';
import type { Io, Run } from './io.ts';
import { servicesNamed } from './parts/services.ts';
import { startServices } from './running.ts';
import { untilSignal } from './until-signal.ts';

/** `relight run ingest,api`: some of the services in this process, the others elsewhere. */
export async function runServices(argv: string[], io: Io): Promise<number> {
  const [names, ...rest] = argv;
  if (names === undefined || rest.length > 0) {
    throw new Complaint("say which services: 'relight run ingest,api' (ingest, alerting, settlement, api)");
  }
  const services = servicesNamed(names);
  const stopped = untilSignal();
  const platform = await startServices(process.env, services);
  const url = platform.url();
  io.stdout(`relight ${[...services].join(', ')} running${url === null ? '' : `: ${url}`}\n`);
  const link = await platform.firstAdministrator();
  if (link !== null) io.stdout(`create the first administrator (once, within 24 h): ${link}\n`);
  process.send?.({ ready: true, url });

  await stopped;
  await platform.stop();
  return 0;
}

/** `relight alerting`: one service by its own name. */
export function runOne(service: string): Run {
  return (argv, io) => runServices([service, ...argv], io);
}
