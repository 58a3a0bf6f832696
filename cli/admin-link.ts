import { createLogger } from '../adapters/log/pino-logger.ts';
import { createAdminLink } from '../api/access/links.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';
import { systemClock } from './parts/system-clock.ts';

/** `relight admin-link`: a new one-time link that creates an administrator; asks the running server, or opens the stores itself. */
export async function runAdminLink(_argv: string[], io: Io): Promise<number> {
  const configuration = configurationOf(process.env);
  const answer = await askServer(configuration.DATA_DIR, 'admin-link', {});
  if (answer !== null) {
    io.stdout(`${String(answer.result)}\n`);
    return 0;
  }
  const stores = await openStores(configuration, createLogger({ level: 'error' }));
  try {
    const publicUrl =
      configuration.PUBLIC_URL ?? `http://${configuration.HTTP_HOST}:${configuration.HTTP_PORT}`;
    const { url } = await createAdminLink({ users: stores.users, clock: systemClock, publicUrl });
    io.stdout(`${url}\n`);
  } finally {
    await stores.close();
  }
  return 0;
}
