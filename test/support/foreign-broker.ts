import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/** A broker that is not ours: keeps sessions, lets everybody in, and can be made to drop every connection. */
export async function startForeignBroker() {
  const aedes = await Aedes.createBroker({ concurrency: 0 });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;

  return {
    aedes,
    url: `mqtt://127.0.0.1:${port}`,
    publish(topic: string, payload: string, options: { retain?: boolean; qos?: 0 | 1 } = {}): void {
      const packet = {
        cmd: 'publish' as const,
        topic,
        payload: Buffer.from(payload),
        qos: options.qos ?? 1,
        retain: options.retain ?? false,
        dup: false,
      };
      aedes.publish(packet, () => {});
    },
    dropAll(): void {
      for (const socket of sockets) socket.destroy();
    },
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await closed;
    },
  };
}
