import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Context, Server } from './context.ts';
import type { ApiDeps } from './deps.ts';
import { createLiveGateway } from './live/gateway.ts';
import { addressOf, buildServer } from './server.ts';

export interface Api extends Lifecycle {
  /** Where it listens, `http://host:port`; only after `start`. */
  address(): string;
}

/** Routes, sessions and the live gateway on one port; serves the dashboard when it is built. */
export function createApi(deps: ApiDeps): Api {
  let running: { readonly server: Server; readonly context: Context; readonly live: Lifecycle } | null = null;

  async function stop(): Promise<void> {
    const stopping = running;
    running = null;
    if (stopping === null) return;
    await stopping.live.stop();
    await stopping.server.close();
  }

  return {
    async start() {
      const { server, context, origins } = await buildServer(deps);
      const live = createLiveGateway(server, context, origins);
      running = { server, context, live };
      try {
        await context.passwords.prepare();
        await live.start();
        await server.listen({ host: deps.host, port: deps.port });
      } catch (cause) {
        // What was prepared keeps the process alive, and nobody stops a part that did not start.
        await stop();
        throw cause;
      }
    },
    stop,
    address() {
      if (running === null) throw new Error('The API is not started');
      return addressOf(running.server);
    },
  };
}
