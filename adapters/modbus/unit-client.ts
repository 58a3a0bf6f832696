import { Socket } from 'node:net';
import jsmodbus from 'jsmodbus';

/** What became of one read. `silent`: no answer in time. `lost`: the connection went. */
export type ReadOutcome =
  | { readonly outcome: 'values'; readonly bytes: Uint8Array }
  | { readonly outcome: 'exception'; readonly code: number }
  | { readonly outcome: 'silent' }
  | { readonly outcome: 'lost' }
  /** What came was no answer to what we asked. */
  | { readonly outcome: 'garbled' };

/**
 * jsmodbus knows one unit per socket, while the slaves behind a gateway share one. So each unit gets a socket that leads
 * nowhere: what jsmodbus writes to it goes to `send`, and the line hands it the answers meant for this unit.
 */
export function createUnitClient(unit: number, send: (request: Buffer) => void) {
  const socket = new Socket();
  socket.write = (chunk: Uint8Array | string) => {
    send(Buffer.from(chunk));
    return true;
  };
  const clients = new Map<number, InstanceType<typeof jsmodbus.client.TCP>>();

  /** jsmodbus fixes the deadline per client; there are two, for reads and for probes. */
  function clientWith(deadline_ms: number) {
    const known = clients.get(deadline_ms);
    if (known !== undefined) return known;
    const client = new jsmodbus.client.TCP(socket, unit, deadline_ms);
    clients.set(deadline_ms, client);
    socket.emit('connect');
    return client;
  }

  return {
    async read(fn: 3 | 4, address: number, count: number, deadline_ms: number): Promise<ReadOutcome> {
      const client = clientWith(deadline_ms);
      try {
        const { response } = await (fn === 3
          ? client.readHoldingRegisters(address, count)
          : client.readInputRegisters(address, count));
        return { outcome: 'values', bytes: response.body.valuesAsBuffer };
      } catch (error) {
        return outcomeOf(error);
      }
    },

    answer(frame: Buffer): void {
      socket.emit('data', frame);
    },

    /** The connection went: what waits for an answer gets none. */
    lose(): void {
      socket.emit('close');
      socket.emit('connect');
    },
  };
}

export type UnitClient = ReturnType<typeof createUnitClient>;

function outcomeOf(error: unknown): ReadOutcome {
  if (!jsmodbus.errors.isUserRequestError(error)) throw error;
  if (error.err === 'Timeout') return { outcome: 'silent' };
  const body: unknown = error.response?.body;
  if (error.err === 'ModbusException' && jsmodbus.errors.isExceptionResponseBody(body)) {
    return { outcome: 'exception', code: body.code };
  }
  return { outcome: 'lost' };
}
