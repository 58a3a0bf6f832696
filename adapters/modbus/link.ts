import { connect, type Socket } from 'node:net';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { ReadBlock } from '../../core/readings/modbus-plan.ts';
import { createResponseCheck } from './response-check.ts';
import { createUnitClient, type ReadOutcome, type UnitClient } from './unit-client.ts';

export interface LinkDeps {
  readonly host: string;
  readonly port: number;
  readonly connectTimeout_ms: number;
  readonly telemetry: Telemetry;
}

/** Exception codes of the Modbus specification. */
const KNOWN_EXCEPTIONS = new Set([1, 2, 3, 4, 5, 6, 8, 0x0a, 0x0b]);
const DEVICE_FAILURE = 4;

/** The one connection to a host and port; one request at a time, which is its caller's duty. */
export function createLink(deps: LinkDeps) {
  const { telemetry } = deps;
  const units = new Map<number, UnitClient>();
  let socket: Socket | null = null;
  let check = createResponseCheck();
  let waiting: { readonly client: UnitClient; readonly own: number } | null = null;
  let transaction = 0;
  let garbled = false;

  function open(): Promise<boolean> {
    if (socket !== null) return Promise.resolve(true);
    return new Promise((resolve) => {
      const opening = connect({ host: deps.host, port: deps.port, noDelay: true, keepAlive: true });
      const late = setTimeout(() => opening.destroy(), deps.connectTimeout_ms);
      opening.once('connect', () => {
        clearTimeout(late);
        telemetry.count('relight_modbus_connects_total', { outcome: 'ok' });
        socket = opening;
        check = createResponseCheck();
        opening.on('data', receive);
        resolve(true);
      });
      opening.on('error', () => {});
      opening.once('close', () => {
        clearTimeout(late);
        if (socket === opening) lose();
        else telemetry.count('relight_modbus_connects_total', { outcome: 'failed' });
        resolve(false);
      });
    });
  }

  function receive(chunk: Buffer): void {
    const answers = check.take(chunk);
    if (typeof answers === 'string') {
      telemetry.count('relight_modbus_bad_frames_total', { reason: answers });
      garbled = true;
      drop('bad_frame');
      return;
    }
    for (const frame of answers) {
      if (waiting === null) continue;
      frame.writeUInt16BE(waiting.own, 0);
      // jsmodbus throws on a code it does not know, out of a socket's event: a meter could end the process.
      const failed = frame.readUInt8(7) >= 0x80;
      if (failed && !KNOWN_EXCEPTIONS.has(frame.readUInt8(8))) frame.writeUInt8(DEVICE_FAILURE, 8);
      waiting.client.answer(frame);
    }
  }

  function lose(): void {
    socket = null;
    waiting?.client.lose();
  }

  function drop(reason: string): void {
    if (socket === null) return;
    telemetry.count('relight_modbus_rebuilt_total', { reason });
    const old = socket;
    old.off('data', receive);
    lose();
    old.destroy();
  }

  function clientOf(unit: number): UnitClient {
    const known = units.get(unit);
    if (known !== undefined) return known;
    const client = createUnitClient(unit, (request) => send(unit, client, request));
    units.set(unit, client);
    return client;
  }

  /** Each library client counts its own transactions from 1; on the wire they are counted per connection. */
  function send(unit: number, client: UnitClient, request: Buffer): void {
    waiting = { client, own: request.readUInt16BE(0) };
    transaction = (transaction % 0xffff) + 1;
    request.writeUInt16BE(transaction, 0);
    check.ask({ transaction, unit, function: request.readUInt8(7), count: request.readUInt16BE(10) });
    socket?.write(request);
  }

  return {
    isOpen: () => socket !== null,
    open,
    drop,

    async read(unit: number, fn: 3 | 4, block: ReadBlock, deadline_ms: number): Promise<ReadOutcome> {
      if (socket === null) return { outcome: 'lost' };
      garbled = false;
      const outcome = await clientOf(unit).read(fn, block.address, block.count, deadline_ms);
      waiting = null;
      if (outcome.outcome === 'silent') check.giveUp();
      return outcome.outcome === 'lost' && garbled ? { outcome: 'garbled' } : outcome;
    },

    forget(unit: number): void {
      units.delete(unit);
    },

    close(): void {
      const old = socket;
      lose();
      old?.destroy();
    },
  };
}

export type Link = ReturnType<typeof createLink>;
