import { createServer, type Server, type Socket } from 'node:net';
import type { ModbusMap, Profiles } from '../core/readings/profile.ts';
import { parseModbusAddress } from '../core/topology/modbus-address.ts';
import type { Slave } from './fleet.ts';
import { encodeRegisters } from './modbus-registers.ts';

const CONNECTIONS_MAX = 64;
const HEADER_BYTES = 7;
/** MODBUS Messaging on TCP/IP, section 3.2: a unit id and at most 253 bytes follow. */
const FRAME_MAX = 260;
/** What a serial gateway waits for a slave before it answers for it. */
const SLAVE_TIMEOUT_MS = 300;

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const DEVICE_FAILURE = 4;
const TARGET_SILENT = 0x0b;

export type ModbusFault = 'none' | 'hang' | 'reset' | 'exception';

export interface ModbusServer {
  /** Resolves when it listens. */
  start(): Promise<void>;
  stop(): Promise<void>;
  port(): number;
  setFault(device: string, fault: ModbusFault): boolean;
}

/**
 * A Modbus TCP gateway with every Modbus meter of the site as a slave behind it. A dead slave is answered for with
 * exception 0x0B, as serial gateways do; told to, a slave hangs, fails or has its connection reset.
 */
export function createModbusServer(
  slaves: readonly Slave[],
  profiles: Profiles,
  options: { readonly port: number },
): ModbusServer {
  const units = new Map<number, { slave: Slave; map: ModbusMap }>();
  for (const slave of slaves) {
    const address = parseModbusAddress(slave.device.address ?? '');
    const map = profiles.get(slave.device.profile)?.modbus;
    if (address !== null && map !== undefined) units.set(address.unit, { slave, map });
  }
  const faults = new Map<string, ModbusFault>();
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  function serve(socket: Socket): void {
    if (sockets.size >= CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    let pending: Buffer = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= HEADER_BYTES + 1) {
        const length = 6 + pending.readUInt16BE(4);
        if (pending.readUInt16BE(2) !== 0 || length > FRAME_MAX || length < HEADER_BYTES + 1) {
          socket.destroy();
          return;
        }
        if (pending.length < length) return;
        answer(socket, pending.subarray(0, length));
        pending = pending.subarray(length);
      }
    });
  }

  function answer(socket: Socket, frame: Buffer): void {
    const code = frame.readUInt8(7);
    const found = units.get(frame.readUInt8(6));
    const fault = found === undefined ? 'none' : (faults.get(found.slave.device.id) ?? 'none');
    if (fault === 'hang') return;
    if (fault === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    const refusal = (exception: number) => Buffer.from([code | 0x80, exception]);
    if (fault === 'exception') reply(socket, frame, refusal(DEVICE_FAILURE));
    else if (found?.slave.isAlive()) {
      const read = readRegisters(frame, found.slave, found.map);
      reply(socket, frame, typeof read === 'number' ? refusal(read) : read);
    } else setTimeout(() => reply(socket, frame, refusal(TARGET_SILENT)), SLAVE_TIMEOUT_MS).unref();
  }

  return {
    start() {
      const opened = createServer(serve);
      server = opened;
      return new Promise((resolve, reject) => {
        opened.once('error', reject);
        opened.listen(options.port, '127.0.0.1', () => resolve());
      });
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      const last = server;
      server = null;
      if (last !== null) await new Promise<void>((resolve) => last.close(() => resolve()));
    },
    port() {
      const address = server?.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    },
    setFault(device, fault) {
      if (![...units.values()].some(({ slave }) => slave.device.id === device)) return false;
      faults.set(device, fault);
      return true;
    },
  };
}

/** The answer to a request of registers, or the exception it draws. */
function readRegisters(frame: Buffer, slave: Slave, map: ModbusMap): Buffer | number {
  const code = frame.readUInt8(7);
  if (code !== map.function || frame.length !== 12) return ILLEGAL_FUNCTION;
  const address = frame.readUInt16BE(8);
  const count = frame.readUInt16BE(10);
  if (count < 1 || count > Math.min(125, map.maxRegisters)) return ILLEGAL_VALUE;
  const inGap = (map.gaps ?? []).some(([first, last]) => address <= last && address + count > first);
  if (inGap || address + count > 65_536) return ILLEGAL_ADDRESS;
  const registers = encodeRegisters(map, slave.read(), address, count);
  return Buffer.concat([Buffer.from([code, registers.length]), registers]);
}

function reply(socket: Socket, request: Buffer, pdu: Buffer): void {
  if (socket.destroyed) return;
  const header = Buffer.alloc(HEADER_BYTES);
  request.copy(header, 0, 0, 4);
  header.writeUInt16BE(pdu.length + 1, 4);
  header.writeUInt8(request.readUInt8(6), 6);
  socket.write(Buffer.concat([header, pdu]));
}
