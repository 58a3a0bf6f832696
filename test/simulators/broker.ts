import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly client: string;
}

/** A real broker on a port of its own, that remembers what it acknowledged and can die and come back there. */
export async function startBroker() {
  const heard: Heard[] = [];
  const users = new Map<string, string>();
  let aedes: Aedes;
  let server: Server;
  let port = 0;
  const sockets = new Set<Socket>();

  async function open(): Promise<void> {
    aedes = await Aedes.createBroker({
      authenticate(client, username, password, callback) {
        users.set(client.id, `${username} ${password?.toString() ?? ''}`);
        callback(null, true);
      },
    });
    aedes.on('publish', (packet: AedesPublishPacket, client) => {
      if (packet.topic.startsWith('$SYS')) return;
      heard.push({
        topic: packet.topic,
        payload: packet.payload.toString(),
        retain: packet.retain,
        client: client?.id ?? '',
      });
    });
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Every socket breaks at once, nothing is said. */
  async function die(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  }

  await open();
  return {
    url: () => `mqtt://127.0.0.1:${port}`,
    heard,
    users,
    on: (topic: string) => heard.filter((one) => one.topic === topic),
    send: (topic: string, payload: string) =>
      new Promise<void>((resolve) =>
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
          () => resolve(),
        ),
      ),
    connected: () => aedes.connectedClients,
    die,
    revive: open,
    stop: die,
  };
}
