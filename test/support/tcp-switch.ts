import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A wire to a server that can be cut and joined again: its clients see the server die and come back. */
export interface TcpSwitch {
  readonly port: number;
  cut(): Promise<void>;
  join(): Promise<void>;
}

export async function createTcpSwitch(host: string, port: number): Promise<TcpSwitch> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  function serve(listenOn: number): Promise<Server> {
    const opening = createServer((client) => {
      const upstream = connect(port, host);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(one);
        // A wire adds no wait of its own: small packets are not held back for an acknowledgement.
        one.setNoDelay(true);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    return new Promise((resolve) => opening.listen(listenOn, '127.0.0.1', () => resolve(opening)));
  }

  server = await serve(0);
  const own = (server.address() as AddressInfo).port;
  return {
    port: own,
    async cut() {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => (closing === null ? resolve() : closing.close(() => resolve())));
    },
    async join() {
      server ??= await serve(own);
    },
  };
}
