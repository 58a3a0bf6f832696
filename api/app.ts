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

  return {
    async start() {
      const { server, context, origins } = await buildServer(deps);
      const live = createLiveGateway(server, context, origins);
      await context.passwords.prepare();
      await live.start();
      await server.listen({ host: deps.host, port: deps.port });
      running = { server, context, live };
    },
    async stop() {
      const stopping = running;
      running = null;
      if (stopping === null) return;
      await stopping.live.stop();
      await stopping.server.close();
    },
    address() {
      if (running === null) throw new Error('The API is not started');
      return addressOf(running.server);
    },
  };
}
