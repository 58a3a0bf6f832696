import { createLogger } from '../adapters/log/pino-logger.ts';
import { redacted } from '../contracts/configuration.ts';
import { Complaint } from './complaint.ts';
import { complaintOf } from './complaint-of.ts';
import { builtDashboard } from './parts/api.ts';
import { configurationOf } from './parts/configuration.ts';
import { buildPlatform, type Platform } from './parts/platform.ts';
import { ALL_SERVICES, checkSplit, SERVICES, type Service } from './parts/services.ts';

/** The services of this process, started from the environment; whatever a person can mend is one complaint. */
export async function startServices(
  env: Readonly<Record<string, string | undefined>>,
  services: ReadonlySet<Service> = ALL_SERVICES,
): Promise<Platform> {
  const configuration = configurationOf(env);
  if (services.size < SERVICES.length) checkSplit(services, configuration);
  if (services.has('api') && configuration.BOARD && builtDashboard() === null) {
    throw new Complaint(
      "the board is not built: run 'npm run build', or set BOARD=false to serve the API alone",
    );
  }
  const name = services.size === SERVICES.length ? 'relight' : [...services].join('+');
  const log = createLogger({ level: configuration.LOG_LEVEL, base: { service: name } });
  log.debug('configuration', redacted(configuration));
  let platform: Platform | null = null;
  try {
    platform = await buildPlatform(configuration, log, services);
    await platform.start();
    return platform;
  } catch (error) {
    await platform?.stop();
    throw complaintOf(error);
  }
}
