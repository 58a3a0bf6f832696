import { createServer, type Socket } from 'node:net';

/** What the server does with one request: a whole answer, an exception, silence, or bytes of the test's own. */
export type Behaviour =
  | { readonly kind: 'values'; readonly delay_ms?: number; readonly pieces_bytes?: number }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'raw'; readonly bytes: (request: Buffer) => Buffer };

export interface ModbusRequest {
  readonly unit: number;
  readonly fn: number;
  readonly address: number;
  readonly count: number;
  readonly at_ms: number;
  readonly connection: number;
}

/** A Modbus TCP gateway that answers as the test wants, and remembers what it was asked. */
export async function startModbusServer() {
  const requests: ModbusRequest[] = [];
  const behaviours = new Map<number, Behaviour>();
  const registers = new Map<number, (address: number, count: number) => Uint8Array>();
  const sockets = new Set<Socket>();
  let connections = 0;
  let deaf = false;
  let underWay = 0;
  let mostUnderWay = 0;

  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      if (deaf) return;
      for (let at = 0; at + 12 <= chunk.length; at += 12)
        answer(socket, chunk.subarray(at, at + 12), connection);
    });
  });

  function answer(socket: Socket, request: Buffer, connection: number): void {
    const [unit = 0, fn = 0] = [request[6], request[7]];
    const [address, count] = [request.readUInt16BE(8), request.readUInt16BE(10)];
    requests.push({ unit, fn, address, count, at_ms: performance.now(), connection });
    const behaviour = behaviours.get(unit) ?? { kind: 'values' };
    switch (behaviour.kind) {
      case 'values': {
        underWay += 1;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        const bytes = registers.get(unit)?.(address, count) ?? new Uint8Array(count * 2);
        const pdu = Buffer.concat([Buffer.from([fn, bytes.length]), bytes]);
        setTimeout(() => {
          underWay -= 1;
          writeInPieces(socket, frameFor(request, pdu), behaviour.pieces_bytes ?? 1_000);
        }, behaviour.delay_ms ?? 0);
        return;
      }
      case 'exception':
        socket.write(frameFor(request, Buffer.from([fn | 0x80, behaviour.code])));
        return;
      case 'silent':
        return;
      case 'reset':
        socket.resetAndDestroy();
        return;
      case 'raw':
        socket.write(behaviour.bytes(request));
    }
  }

  async function listen(port: number): Promise<number> {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  const port = await listen(0);
  return {
    port,
    requests,
    behaviours,
    registers,
    of: (unit: number) => requests.filter((request) => request.unit === unit),
    connections: () => connections,
    mostUnderWay: () => mostUnderWay,
    /** Takes connections and bytes but never answers: a path that swallows packets. */
    setDeaf(value: boolean): void {
      deaf = value;
    },
    dropAll(how: 'reset' | 'close' = 'reset'): void {
      for (const socket of sockets) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.end();
      }
    },
    /** Nobody listens on the port until `listenAgain`. */
    async closePort(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    listenAgain: () => listen(port),
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export type ModbusServer = Awaited<ReturnType<typeof startModbusServer>>;

function writeInPieces(socket: Socket, frame: Buffer, size: number): void {
  socket.write(frame.subarray(0, size));
  if (frame.length > size) setTimeout(() => writeInPieces(socket, frame.subarray(size), size), 1);
}

/** The answer `pdu` under the request's transaction and unit. */
export function frameFor(request: Buffer, pdu: Uint8Array): Buffer {
  const frame = Buffer.concat([request.subarray(0, 7), pdu]);
  frame.writeUInt16BE(pdu.length + 1, 4);
  return frame;
}
