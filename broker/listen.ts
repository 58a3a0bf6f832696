import type { Server } from 'node:net';

/** When supply returns every meter connects at once; with Node's 511 the kernel resets those that find the queue full. */
const BACKLOG = 4_096;

export function portOf(server: Server | null): number | null {
  const address = server?.address() ?? null;
  return address === null || typeof address === 'string' ? null : address.port;
}

/** Rejects with words for a person when the port cannot be had. */
export function listen(server: Server, host: string, port: number, connections: number): Promise<void> {
  server.maxConnections = connections;
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? 'is already in use; choose another port'
          : `cannot be opened (${cause.code})`;
      reject(new Error(`MQTT port ${port} on ${host} ${why}`, { cause }));
    });
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve();
    });
  });
}
